"""Side by side: NumPy's times beside those of Keras, TensorFlow and PyTorch, as ratios. Never timed tests.

python -m benchmarks --help
"""
