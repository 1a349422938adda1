### What is printed for a patient: the summary of a visit and the prescription.

paper-back = Back to the visit
paper-print = Print
# A link to the same paper in another language; $language is its own name.
paper-in = In { $language }
paper-summary = Visit summary
# $when is a day and a clock, $kind the kind of visit, $name who sees the patient.
paper-visit = { $when } · { $kind } with { $name }
paper-addenda = Addenda
paper-phone = Phone { $phone }
paper-licence = Licence { $number }
paper-no-licence = Licence not recorded
paper-signed = Signed { $when }
paper-page = Page { $number } of { $count }
# Whose a paper is, at the foot of every page: name, birth date, record number.
paper-whose = { $name } · born { $born } · Record { $number }
# Above what is prescribed or told; $allergies is a list.
paper-allergies = Allergies: { $allergies }
# Stands on papers in another language than English alone.
paper-as-written = What the practice wrote, and the names of medicines, stand as they were written.

## The prescription, which a pharmacist reads too: where the language is not the country's, both words stand.

rx-title = Prescription
rx-nothing = Nothing prescribed
rx-nothing-words = This visit has no medication to dispense.
rx-for = For { $indication }
rx-quantity = Quantity { $count }
rx-refills = Refills { $count }

## The note

note-empty = Nothing written yet
note-empty-words = The note of this visit is empty.
note-drafted = Parts were drafted by the scribe
note-vitals = Vital signs
note-symptoms = Symptoms
note-prescriptions = Prescriptions
# A symptom that is not there.
note-no = No { $name }
note-severity = severity { $number } of 10
# How long a medicine is taken; $duration as it was written.
note-duration = for { $duration }
note-quantity = Quantity { $count }
note-refills = Refills { $count }
# What a medicine is for; $indication as it was written.
note-for = For { $indication }
