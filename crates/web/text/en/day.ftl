### The day board, the day's list on paper and the week.

day-heading = { $weekday } { $day }
day-today-mark = today
day-days = Days
day-before = Day before
day-after = Day after
day-today = Today
day-now = Now
day-go = Go
day-calendar = Calendar
day-print-list = Day list for printing
day-walk-in = Walk-in
day-book = Book
day-board = Visits of the day
day-providers = Providers
day-everybody = Everybody
day-none = No visits on this day
day-none-words = Book a visit, or take in whoever walks in.
day-book-visit = Book a visit

## The numbers of the day

day-count =
    { $count ->
        [one] { $count } visit
       *[other] { $count } visits
    }
# $longest is how long the first of them has waited: 34 min.
day-count-waiting = { $count } waiting, the longest { $longest }
day-count-in-progress = { $count } in progress
day-count-completed = { $count } completed
day-count-cancelled = { $count } cancelled
day-count-no-show = { $count } no-show
day-earlier = Earlier
day-later = Later
day-part = { $from } to { $to } of { $total }

## The table

day-time = Time
day-visit = Visit
day-status = Status
day-work = Work
day-next-step = Next step
# The line between what was and what comes.
day-now-line = now
day-none-known = no known allergies
day-not-asked = allergies not recorded
day-allergies =
    { $count ->
        [one] { $count } allergy
       *[other] { $count } allergies
    }
day-no-address = no address
day-correct = Correct, consent
day-correct-this = Correct, consent: visit at { $time }
day-double-booked = Double-booked: { $reason }
# Before the minutes, which go on counting.
day-waiting = waiting
day-waited = waited { $time }
day-late = late by { $time }
day-vitals = Vitals
day-no-vitals = no vitals
day-signed = Signed
day-check-in = Check in
day-complete = Complete
day-start = Start visit
day-continue = Continue
day-open = Open visit
day-undo = Undo the last step
day-undo-this = Undo the last step of { $time }
day-details = Details
day-details-this = Details of the visit at { $time }

## What waits for the signature

day-unsigned = Waiting for your signature
day-unsigned-count = { $count }, oldest first
day-unsigned-visit = visit { $when }
day-unsigned-changed = changed { $when }

## The waiting list, as a link

day-waiting-list = Waiting list
day-waiting-list-people = Waiting list: { $count }
day-waiting-list-freed =
    { $count ->
        [one] Waiting list: 1 freed time suits
       *[other] Waiting list: { $count } freed times suit
    }

## What is said after a step

step-checked-in = Checked in.
step-completed = Completed.
step-cancelled = Cancelled. It can be taken back today.
step-no-show = Marked as no-show. It can be taken back today.
step-back-scheduled = Taken back: scheduled again.
step-back-waiting = Taken back: waiting again.
step-back-in-progress = Taken back: in progress again.
step-stale = Somebody else changed this visit meanwhile. Here is how it stands now.
step-signed = The record is signed, so the visit stays completed.

## The list on paper

list-title = Day list { $heading }
list-back = Back to the day board
list-downtime = When the machines are down
list-nothing = Nothing is booked.
list-visits = Visits
list-none-known = none known
list-not-recorded = not recorded

## The week

week-heading = Week of { $monday }
week-this-mark = this week
week-weeks = Weeks
week-before = Week before
week-this = This week
week-after = Week after
week-day = Day
# Beside a date.
week-today-mark = { $date }, today
week-book-on = Book on { $weekday } { $date }
week-none = No visits
week-all = All visits of the day
week-all-of = All visits of { $weekday } { $date }

## Everything unsigned, on a page of its own

unsigned-none = Nothing waits
unsigned-none-words = Every record of yours is signed.
