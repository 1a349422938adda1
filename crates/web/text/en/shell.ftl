### What stands around every page, and the parts that pages share.

shell-skip = Skip to content
shell-main = Main
shell-day = Day
shell-patients = Patients
shell-unsigned = Unsigned
# Read out after the number beside "Unsigned".
shell-unsigned-waiting = waiting
shell-audit = Audit
shell-settings = Settings
shell-find = Find a patient, a word in charts, or something to do
shell-find-hint = Patient, word in charts, action
shell-account = Your account
shell-colours = Colours
shell-system = System
shell-light = Light
shell-dark = Dark
shell-lines = Lines
shell-comfortable = Comfortable
shell-compact = Compact
shell-keys = Keyboard shortcuts
shell-close = Close
shell-lock = Lock
# What the shortcut does, in the list of shortcuts.
shell-lock-page = Lock this page
shell-sign-out = Sign out
shell-locked = Locked
shell-kept = What you typed is still here.
shell-password-of = Password of { $name }
shell-unlock = Unlock
# At the foot of what is printed; $when is a day and a clock.
shell-printed = Printed { $when } by { $name }

## Settings

shell-practice = Practice
shell-people = People

## Forms

form-check = Check these before saving
form-optional = optional

## The patient's banner

banner-patient = Patient
banner-born = Born
banner-sex = Sex
banner-record = Record
banner-phone = Phone
banner-deceased = Deceased { $day }
banner-allergies = Allergies
banner-none-known = No known allergies
banner-not-asked = Allergies not recorded
# $name is who asked.
banner-asked-by = asked by { $name }, { $day }

## Others

pager-pages = Pages
draft-tag = Drafted by the scribe
