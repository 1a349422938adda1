### What the search box finds beside people, and what stands under it.

found-last = Opened last
found-visit = last visit { $day }
found-no-visit = no visit yet
found-nothing = Nothing found. Try fewer letters, the birth date or the phone.

place-note = Note
place-addendum = Addendum
place-problem = Problem
place-medication = Medication
place-document = Document

## Things to do, found by their names; in any language the English name finds them too.

deed-day = Day board
deed-calendar = Calendar
deed-week = Week
deed-month = Month
deed-leave = Leave and closed times
deed-book = Book a visit
deed-walk-in = Take in a walk-in
deed-print = Print the day list
deed-register = Register a patient
deed-duplicates = Duplicates
deed-unsigned = Unsigned records
deed-audit = Audit trail
deed-settings = Practice settings
deed-people = People who sign in
