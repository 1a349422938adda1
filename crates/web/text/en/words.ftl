### The clinic's own words, by the value that the record holds.

role-admin = admin
role-provider = provider
role-staff = staff

sex-female = Female
sex-male = Male
sex-other = Other

severity-mild = mild
severity-moderate = moderate
severity-severe = severe
severity-life-threatening = life-threatening

status-scheduled = Scheduled
status-checked-in = Checked in
status-in-progress = In progress
status-completed = Completed
status-cancelled = Cancelled
status-no-show = No-show

kind-new-patient = New patient
kind-follow-up = Follow-up
kind-routine-checkup = Routine checkup
kind-sick-visit = Sick visit
kind-telehealth = Telehealth

# What happens to a medication.
action-start = Start
action-continue = Continue
action-change = Change
action-stop = Stop

# The sections of a note.
section-chief-complaint = Chief complaint
section-history = History of present illness
section-systems = Review of systems
section-exam = Physical exam
section-diagnosis = Diagnosis
section-diagnosis-notes = Diagnosis notes
section-plan = Treatment plan
section-follow-up = Follow-up
section-education = Patient education

vital-blood-pressure = Blood pressure
vital-pulse = Pulse
vital-temperature = Temperature
vital-breathing = Breathing
vital-oxygen = Oxygen
vital-weight = Weight
vital-pain = Pain
# After the number.
vital-of-ten = of 10
vital-height = Height
vital-bmi = BMI
