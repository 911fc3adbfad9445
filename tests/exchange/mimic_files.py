"""A small data set in the layout of MIMIC-IV, of invented rows, written for one test."""

import csv
import gzip

COLUMNS = {
    "hosp/patients": "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod",
    "hosp/admissions": (
        "subject_id,hadm_id,admittime,dischtime,deathtime,admission_type,admit_provider_id,"
        "admission_location,discharge_location,insurance,hospital_expire_flag"
    ),
    "hosp/transfers": "subject_id,hadm_id,transfer_id,eventtype,careunit,intime,outtime",
    "hosp/services": "subject_id,hadm_id,transfertime,prev_service,curr_service",
    "derived/obs_sets": (
        "subject_id,hadm_id,stay_id,charttime,hr,rr,spo2,sbp_nibp,dbp_nibp,sbp_art,dbp_art,"
        "temp_c,gcs_eye,gcs_verbal,gcs_motor,o2_flow_lpm,fio2_pct,rass,pain"
    ),
}

ANN, BEN = "10000001", "10000002"


def a_patient(subject_id=ANN, **values):
    usual = {"gender": "F", "anchor_age": "70", "anchor_year": "2150", "dod": ""}
    return {"subject_id": subject_id, **usual, **values}


def an_admission(hadm_id="20000001", subject_id=ANN, **values):
    usual = {"admission_type": "URGENT", "admission_location": "TRANSFER FROM HOSPITAL"}
    return {"subject_id": subject_id, "hadm_id": hadm_id, **usual, **values}


def a_move(transfer_id, intime, outtime="", careunit="Medicine", **values):
    """A move of Ann's admission; without `outtime` her discharge."""
    usual = {"subject_id": ANN, "hadm_id": "20000001"}
    kind = "admit" if outtime else "discharge"
    row = {"transfer_id": transfer_id, "eventtype": kind, "intime": intime, "outtime": outtime}
    return {**usual, **row, "careunit": careunit if outtime else "", **values}


def a_service(moment, service):
    usual = {"subject_id": ANN, "hadm_id": "20000001"}
    return {**usual, "transfertime": moment, "curr_service": service}


def a_set(charttime, **values):
    usual = {"subject_id": ANN, "hadm_id": "20000001", "stay_id": "30000001"}
    return {**usual, "charttime": charttime, **values}


def a_small_data_set():
    """Ann: ED, two wards, a bed move, then home. Ben: one visit to the ED, not admitted."""
    return {
        "hosp/patients": [a_patient(), a_patient(BEN, gender="M", anchor_age="91")],
        "hosp/admissions": [
            an_admission(
                admission_type="EW EMER.",
                admission_location="EMERGENCY ROOM",
                discharge_location="HOME",
                dischtime="2150-03-11 13:00:00",
            )
        ],
        "hosp/transfers": [
            a_move("1", "2150-03-02 08:10:00", "2150-03-02 12:00:00", "ED ward", eventtype="ED"),
            a_move("2", "2150-03-02 12:00:00", "2150-03-04 09:30:00", "Medicine"),
            a_move("3", "2150-03-04 09:30:00", "2150-03-06 10:00:00", "Medicine"),
            a_move("4", "2150-03-06 10:00:00", "2150-03-11 14:05:07", "Surgery"),
            a_move("5", "2150-03-11 14:05:07"),
            a_move(
                "6",
                "2150-03-04 20:00:00",
                "2150-03-05 01:00:00",
                "ED ward",
                subject_id=BEN,
                hadm_id="",
                eventtype="ED",
            ),
        ],
        "hosp/services": [
            a_service("2150-03-02 12:00:00", "MED"),
            a_service("2150-03-06 10:00:00", "SURG"),
        ],
        "derived/obs_sets": [
            a_set("2150-03-02 09:00:00", hr="88.0", rr="18.0", spo2="96.0", sbp_nibp="121.0"),
            a_set("2150-03-05 09:00:00", hr="131.0", temp_c="37.04"),
        ],
    }


def write(folder, tables):
    """Write the data set; returns the folder."""
    for name, rows in tables.items():
        path = folder / f"{name}.csv.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name].split(","), restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def read_report(path):
    """Return the lines of a report as dictionaries."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
