//! What people come for: invented visits, told once and used again and again.
//!
//! The wording is this project's own. Doses are the usual adult ones so that the pages look right; nothing here
//! advises anybody.

use medrecord_clinic::appointment::AppointmentType;

/// Name, site, severity, duration of a symptom; severity 0 where none was named.
pub(super) type Complaint = (&'static str, &'static str, i32, &'static str);

/// A medicine: name, strength, dosage, frequency, duration, quantity, instructions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Medicine {
    pub(super) name: &'static str,
    pub(super) strength: &'static str,
    pub(super) dosage: &'static str,
    pub(super) frequency: &'static str,
    pub(super) duration: &'static str,
    pub(super) quantity: i32,
    pub(super) instructions: &'static str,
}

/// A visit as it was written down.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) kind: AppointmentType,
    pub(super) reason: &'static str,
    pub(super) history: &'static str,
    pub(super) exam: &'static str,
    pub(super) diagnosis: &'static str,
    pub(super) plan: &'static str,
    pub(super) follow_up: &'static str,
    pub(super) complaints: &'static [Complaint],
    pub(super) medicine: Option<Medicine>,
}

/// A long illness: how the problem list names it, what is taken for it, and what its visits look like.
#[derive(Debug)]
pub(super) struct Chronic {
    pub(super) condition: &'static str,
    pub(super) medicine: Medicine,
    pub(super) visit: Story,
}

pub(super) const fn medicine(
    name: &'static str,
    strength: &'static str,
    dosage: &'static str,
    frequency: &'static str,
    (duration, quantity): (&'static str, i32),
    instructions: &'static str,
) -> Medicine {
    Medicine { name, strength, dosage, frequency, duration, quantity, instructions }
}

const THREE_MONTHS: (&str, i32) = ("90 days", 90);

pub(super) static CHECKUP: Story = Story {
    kind: AppointmentType::RoutineCheckup,
    reason: "Annual checkup",
    history: "Feels well. No new complaints since the last visit. Sleeps and eats normally.",
    exam: "Good general condition. Heart sounds clear, lungs clear, abdomen soft.",
    diagnosis: "General medical examination without abnormal findings",
    plan: "Blood count, lipids and fasting glucose. Vaccinations checked and complete.",
    follow_up: "In one year, earlier with complaints.",
    complaints: &[],
    medicine: None,
};

pub(super) static CHILD_CHECKUP: Story = Story {
    kind: AppointmentType::RoutineCheckup,
    reason: "Well-child visit",
    history: "Eats and sleeps well, plays with other children. Parents have no concerns.",
    exam: "Alert and cheerful. Ears, heart and lungs unremarkable. Growth along the percentile.",
    diagnosis: "Routine child health examination",
    plan: "Vaccinations given as scheduled. Growth plotted.",
    follow_up: "At the next scheduled check.",
    complaints: &[],
    medicine: None,
};

pub(super) static ACUTE: [Story; 8] = [
    Story {
        kind: AppointmentType::SickVisit,
        reason: "Sore throat and fever",
        history: "Sore throat for three days, painful swallowing, fever up to 38.6 °C. No cough.",
        exam: "Tonsils red with exudate, tender anterior cervical nodes. Lungs clear.",
        diagnosis: "Acute tonsillitis",
        plan: "Antibiotic for ten days, paracetamol for the fever, fluids, rest.",
        follow_up: "Come back if there is no improvement after three days.",
        complaints: &[("sore throat", "throat", 6, "3 days"), ("fever", "", 0, "2 days")],
        medicine: Some(medicine(
            "Penicillin V",
            "500 mg",
            "1 tablet",
            "three times a day",
            ("10 days", 30),
            "Take one hour before meals until all tablets are used.",
        )),
    },
    Story {
        kind: AppointmentType::SickVisit,
        reason: "Cough and runny nose",
        history: "Runny nose and dry cough for five days, worse at night. No fever, no shortness of breath.",
        exam: "Nasal mucosa swollen. Throat slightly red. Lungs clear on both sides.",
        diagnosis: "Acute upper respiratory infection",
        plan: "Symptomatic treatment, saline nasal rinse, rest. No antibiotic.",
        follow_up: "Come back with fever or shortness of breath.",
        complaints: &[("cough", "chest", 4, "5 days"), ("runny nose", "nose", 3, "5 days")],
        medicine: None,
    },
    Story {
        kind: AppointmentType::SickVisit,
        reason: "Lower back pain",
        history: "Pain in the lower back since lifting a box four days ago. No numbness, no weakness.",
        exam: "Muscles tense beside the lumbar spine. Straight leg raise negative. Reflexes equal.",
        diagnosis: "Acute low back pain without radiculopathy",
        plan: "Stay active, warmth, short course of an anti-inflammatory.",
        follow_up: "In two weeks if the pain stays.",
        complaints: &[("back pain", "lower back", 6, "4 days")],
        medicine: Some(medicine(
            "Ibuprofen",
            "400 mg",
            "1 tablet",
            "three times a day",
            ("7 days", 21),
            "Take with food. Stop with stomach pain.",
        )),
    },
    Story {
        kind: AppointmentType::SickVisit,
        reason: "Burning when passing urine",
        history: "Burning and frequent urination for two days. No fever, no flank pain.",
        exam: "Abdomen soft, mild suprapubic tenderness. No costovertebral tenderness.",
        diagnosis: "Acute uncomplicated cystitis",
        plan: "Urine dipstick positive for leukocytes and nitrite. Antibiotic for five days.",
        follow_up: "Come back with fever or flank pain.",
        complaints: &[("burning urination", "bladder", 5, "2 days")],
        medicine: Some(medicine(
            "Nitrofurantoin",
            "100 mg",
            "1 capsule",
            "twice a day",
            ("5 days", 10),
            "Take with meals and plenty of water.",
        )),
    },
    Story {
        kind: AppointmentType::SickVisit,
        reason: "Itchy rash on the arms",
        history: "Itchy rash on both forearms for a week, after gardening.",
        exam: "Red papules and scratch marks on both forearms. No signs of infection.",
        diagnosis: "Allergic contact dermatitis",
        plan: "Avoid the plant, cold compresses, topical steroid for seven days.",
        follow_up: "In ten days if not healed.",
        complaints: &[("rash", "forearms", 4, "1 week"), ("itching", "forearms", 5, "1 week")],
        medicine: Some(medicine(
            "Hydrocortisone cream",
            "1 %",
            "thin layer",
            "twice a day",
            ("7 days", 1),
            "Apply to the rash only, not to the face.",
        )),
    },
    Story {
        kind: AppointmentType::FollowUp,
        reason: "Headaches",
        history: "Pressing headaches on both sides, about twice a week, after long days at the screen.",
        exam: "Neurological examination unremarkable. Neck muscles tense.",
        diagnosis: "Tension-type headache",
        plan: "Headache diary, breaks at the screen, neck exercises.",
        follow_up: "In six weeks with the diary.",
        complaints: &[("headache", "head", 5, "3 months")],
        medicine: None,
    },
    Story {
        kind: AppointmentType::FollowUp,
        reason: "Knee pain on stairs",
        history: "Pain in the right knee when climbing stairs for two months. No swelling, no locking.",
        exam: "No effusion, ligaments stable, crepitus of the patella.",
        diagnosis: "Patellofemoral pain",
        plan: "Physiotherapy, six sessions. Thigh strengthening at home.",
        follow_up: "After physiotherapy.",
        complaints: &[("knee pain", "right knee", 4, "2 months")],
        medicine: None,
    },
    Story {
        kind: AppointmentType::Telehealth,
        reason: "Results of blood tests",
        history: "Call about the results of the last blood tests. Feels well.",
        exam: "Not examined; seen by video.",
        diagnosis: "Vitamin D insufficiency",
        plan: "Vitamin D daily over the winter. Other values normal.",
        follow_up: "Control in spring.",
        complaints: &[],
        medicine: Some(medicine(
            "Cholecalciferol",
            "1000 IU",
            "1 tablet",
            "once a day",
            THREE_MONTHS,
            "Take with a meal.",
        )),
    },
];

pub(super) static CHRONIC: [Chronic; 5] = [
    Chronic {
        condition: "Essential hypertension",
        medicine: medicine(
            "Lisinopril",
            "10 mg",
            "1 tablet",
            "once a day",
            THREE_MONTHS,
            "Take in the morning. Report a dry cough.",
        ),
        visit: Story {
            kind: AppointmentType::FollowUp,
            reason: "Blood pressure check",
            history: "Measures at home and brings the values. Takes the tablets every day. No dizziness.",
            exam: "Heart sounds regular, no murmur. No oedema.",
            diagnosis: "Essential hypertension",
            plan: "Continue the tablets. Less salt, thirty minutes of walking a day.",
            follow_up: "In three months with the home values.",
            complaints: &[],
            medicine: None,
        },
    },
    Chronic {
        condition: "Type 2 diabetes mellitus",
        medicine: medicine(
            "Metformin",
            "500 mg",
            "1 tablet",
            "twice a day",
            ("90 days", 180),
            "Take with breakfast and dinner.",
        ),
        visit: Story {
            kind: AppointmentType::FollowUp,
            reason: "Diabetes check",
            history: "Follows the diet plan and walks daily. No low sugars. Feet without complaints.",
            exam: "Feet warm, pulses felt, monofilament felt at all points.",
            diagnosis: "Type 2 diabetes mellitus",
            plan: "HbA1c today. Continue metformin and the diet plan.",
            follow_up: "In three months with a new HbA1c.",
            complaints: &[],
            medicine: None,
        },
    },
    Chronic {
        condition: "Asthma",
        medicine: medicine(
            "Budesonide inhaler",
            "200 mcg",
            "1 puff",
            "twice a day",
            ("90 days", 1),
            "Rinse the mouth after each use.",
        ),
        visit: Story {
            kind: AppointmentType::FollowUp,
            reason: "Asthma review",
            history: "Needs the reliever less than once a week. Wakes no more at night.",
            exam: "Lungs clear, no wheeze. Inhaler technique correct.",
            diagnosis: "Asthma, well controlled",
            plan: "Continue the inhaler. Action plan gone through again.",
            follow_up: "In six months.",
            complaints: &[("wheezing", "chest", 2, "occasional")],
            medicine: None,
        },
    },
    Chronic {
        condition: "Hypothyroidism",
        medicine: medicine(
            "Levothyroxine",
            "75 mcg",
            "1 tablet",
            "once a day",
            THREE_MONTHS,
            "Take on an empty stomach, half an hour before breakfast.",
        ),
        visit: Story {
            kind: AppointmentType::FollowUp,
            reason: "Thyroid check",
            history: "Less tired than before. Weight steady. Takes the tablet before breakfast.",
            exam: "Thyroid not enlarged, no nodules felt.",
            diagnosis: "Hypothyroidism",
            plan: "TSH today. Same dose until the result.",
            follow_up: "In six months with a new TSH.",
            complaints: &[("fatigue", "", 3, "months")],
            medicine: None,
        },
    },
    Chronic {
        condition: "Osteoarthritis of the knee",
        medicine: medicine(
            "Paracetamol",
            "500 mg",
            "1 tablet",
            "three times a day as needed",
            ("30 days", 60),
            "No more than 3 g a day.",
        ),
        visit: Story {
            kind: AppointmentType::FollowUp,
            reason: "Knee pain review",
            history: "Pain after long walks, stiffness for ten minutes in the morning.",
            exam: "Crepitus, full extension, flexion 120 degrees, no effusion.",
            diagnosis: "Osteoarthritis of the left knee",
            plan: "Exercise programme, weight, paracetamol when needed.",
            follow_up: "In four months.",
            complaints: &[("knee pain", "left knee", 4, "1 year")],
            medicine: None,
        },
    },
];
