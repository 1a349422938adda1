### Finding patients, registering them and editing who they are.

patients-found = Found
patients-for = for “{ $words }”
patients-everybody = Show everybody
patients-duplicates = Duplicates
patients-register = Register a patient
patients-nobody = Nobody found
patients-nobody-words = Try fewer letters, the birth date, part of the phone or the record number.
patients-none = No patients yet
patients-none-words = Register the first one.
patients-last-visit = Last visit
patients-no-visit = none yet
patients-same-name = Same name
patients-count =
    { $count ->
        [one] { $count } patient
       *[other] { $count } patients on this page
    }
patients-first-page = First page
patients-more = More
patients-deeds = Things to do
patients-in-charts = In charts
patients-newest = newest first

## The form

patient-edit = Edit details
patient-given = Given name
patient-family = Family name
patient-preferred = Preferred name
patient-preferred-hint = What the person wants to be called
patient-birth = Birth date
patient-birth-hint = Such as 15-Mar-1985
patient-email = E-mail
patient-address = Address
patient-language = Language for papers
patient-language-hint = Summaries and prescriptions are printed in it
patient-language-open = Not said
patient-emergency = Whom to call in an emergency
patient-emergency-name = Name
patient-relationship = Relationship
patient-relationship-hint = Such as spouse, mother, neighbour
# Where two versions stand side by side.
patient-contact = Emergency contact
patient-contact-phone = Emergency contact's phone
patient-contact-relationship = Emergency contact's relationship
patient-register = Register
patient-register-anyway = This is somebody else: register
patient-save = Save details
patient-cancel = Cancel
patient-registered = The patient is registered.
patient-saved = The details are saved.

## Somebody who looks like the person being registered

alike-stopped = Not registered yet: on file already?
alike-heading = on file already?
alike-open = Open the chart where it is one of them. Where it is somebody else, register below.
alike-look = Look before you register a second chart for the same person.
alike-likely = very likely the same person
alike-possible = possibly the same person
alike-same-name = same name
alike-swapped-name = same names, given and family name the other way round
alike-similar-name = name spelled or sounding alike
alike-same-family-name = same family name
alike-same-given-name = same given name
alike-same-birth = same birth date
alike-swapped-birth = same birth date with day and month the other way round
alike-birth-slip = birth date differs by one digit
alike-same-phone = same phone
alike-same-email = same e-mail

## Two versions of what was edited twice

conflict-heading = Somebody else changed this meanwhile
conflict-words = Nothing was saved. Below is what you typed; saving again puts it in place of what is on file now.
conflict-field = Field
conflict-theirs = On file now
conflict-yours = You typed
conflict-nothing = nothing

## What is wrong with a field. Pages in English show the record's own sentences, which the JSON interface sends too;
## these are for other languages, by what kind of mistake it is.

problem-required = { $label }: enter it.
problem-too-long = { $label }: it is too long.
problem-in-future = { $label }: the date lies in the future.
problem-too-old = { $label }: the patient would be older than 130 years.
problem-date = { $label }: enter a date such as 15-Mar-1985; the year has four digits.
problem-phone = { $label }: enter a number such as +1-555-0100, of 5 to 15 digits.
problem-email = { $label }: enter an address such as name@example.com.
problem-choice = { $label }: choose one.
