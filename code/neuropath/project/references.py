"""The works that `classes` leans on, one entry each.

Each was looked up and exists as written here; of most the abstract or an excerpt was read, not the whole
paper. Before a sentence of `classes` is used for anything but a course, read the work itself.
"""

from __future__ import annotations

REFERENCES = {
    "louis2021": (
        "Louis et al. (2021), The 2021 WHO Classification of Tumors of the Central Nervous System: a "
        "summary, Neuro-Oncology 23(8):1231–1251, doi 10.1093/neuonc/noab106"
    ),
    "parmar2010": (
        "Parmar & Trobe (2010), A “first cut” at interpreting brain MRI signal intensities, Journal of "
        "Neuro-Ophthalmology 30(1), doi 10.1097/WNO.0b013e3181c95897"
    ),
    "martucci2023": (
        "Martucci et al. (2023), Magnetic resonance imaging of primary adult brain tumors, Biomedicines "
        "11(2):364, doi 10.3390/biomedicines11020364"
    ),
    "scott2002": (
        "Scott et al. (2002), How often are nonenhancing supratentorial gliomas malignant? A population "
        "study, Neurology 59(6):947–949, doi 10.1212/wnl.59.6.947"
    ),
    "watts2014": (
        "Watts et al. (2014), Magnetic resonance imaging of meningiomas: a pictorial review, Insights into "
        "Imaging 5(1):113–122, doi 10.1007/s13244-013-0302-4"
    ),
    "padmaja2024": (
        "Padmaja et al. (2024), Magnetic resonance imaging spectrum of intracranial meningiomas, Journal of "
        "Clinical Imaging Science 14:38, doi 10.25259/JCIS_61_2024"
    ),
    "donoho2015": (
        "Donoho & Zada (2015), Imaging of central neurocytomas, Neurosurgery Clinics of North America "
        "26:11–19, doi 10.1016/j.nec.2014.09.012"
    ),
    "ramsahye2013": (
        "Ramsahye et al. (2013), Central neurocytoma: radiological and clinico-pathological findings in 18 "
        "patients, Journal of Neuroradiology, doi 10.1016/j.neurad.2012.05.007"
    ),
    "huang2022": (
        "Huang et al. (2022), MR finding of extraventricular neurocytoma, Journal of the College of "
        "Physicians and Surgeons Pakistan 32(11), doi 10.29271/jcpsp.2022.11.1478"
    ),
    "lin2017": (
        "Lin & Crane (2017), The management and imaging of vestibular schwannomas, American Journal of "
        "Neuroradiology 38(11):2034–2043"
    ),
    "curtin2008": (
        "Curtin & Hirsch (2008), Imaging of acoustic neuromas, Neurosurgery Clinics of North America "
        "19:175–205"
    ),
    "feraco2020": (
        "Feraco et al. (2020), Cerebral abscesses imaging: a practical approach, Journal of Population "
        "Therapeutics and Clinical Pharmacology 27(3), doi 10.15586/jptcp.v27i3.688"
    ),
    "toh2012": (
        "Toh et al. (2012), Differentiation of pyogenic brain abscesses from necrotic glioblastomas with "
        "use of susceptibility-weighted imaging, American Journal of Neuroradiology 33(8):1534–1538, doi "
        "10.3174/ajnr.A2986"
    ),
    "arachnoid1989": (
        "Magnetic resonance imaging of arachnoid cysts (1989), Clinical Imaging 13(4):281–291, doi "
        "10.1016/0899-7071(89)90061-2"
    ),
    "oliveira2019": (
        "de Oliveira et al. (2019), Imaging patterns of toxic and metabolic brain disorders, RadioGraphics "
        "39(6):1672–1695, doi 10.1148/rg.2019190016"
    ),
}
