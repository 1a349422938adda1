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
