### The front desk: who came, checking in with a word, taking in whoever walks in.

find-who = Who is it for?
find-hint = Name, birth date, phone or record number; parts of them are enough.
find-find = Find
find-register = Register a new patient
find-count = { $count }
find-count-more = { $count } of more; type more to narrow it
find-choose = Choose
find-choose-this = Choose { $name }, born { $born }
find-nobody-words = Check the spelling, try the birth date, or register a new patient.

## Checking in

check-in-contact = Contact and consent
# $when is a day and a clock, $kind the kind of visit.
check-in-visit = { $when } · { $kind }
check-in-changed = What you typed is still here and not saved. Save again to put it in place of theirs, or
check-in-theirs = see what they saved
check-in-read = Read phone and address to the patient.
check-in-emergency = Whom to call in an emergency: { $name }
check-in-may-record = May the visit be recorded for the scribe?
check-in-agrees = Agrees
check-in-declines = Declines
check-in-not-asked = Not asked
check-in-all-right = All right: check in
check-in-save = Save
check-in-board = Day board
check-in-saved = Saved.
consent-never = Never asked.
consent-this-granted = For this visit the patient agreed, { $day }.
consent-this-refused = For this visit the patient declined, { $day }.
consent-this-withdrawn = For this visit the patient withdrew the consent, { $day }.
consent-earlier-granted = For an earlier visit the patient agreed, { $day }.
consent-earlier-refused = For an earlier visit the patient declined, { $day }.
consent-earlier-withdrawn = For an earlier visit the patient withdrew the consent, { $day }.

## Without an appointment

walk-in-words = Checked in from this moment, whatever else is booked.
walk-in-kind = Type of visit
walk-in-provider = Provider
walk-in-reason = Reason for the visit
walk-in-somebody-else = Somebody else
walk-in-done = Walked in and checked in.
# A kind of visit with its usual length.
kind-minutes = { $kind } · { $minutes } min
