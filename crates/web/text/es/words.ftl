### The clinic's own words, by the value that the record holds.

role-admin = administración
role-provider = profesional de la salud
role-staff = personal

sex-female = Femenino
sex-male = Masculino
sex-other = Otro

severity-mild = leve
severity-moderate = moderada
severity-severe = grave
severity-life-threatening = con riesgo de muerte

# Of an appointment, which is feminine: la cita.
status-scheduled = Programada
status-checked-in = En espera
status-in-progress = En consulta
status-completed = Terminada
status-cancelled = Cancelada
status-no-show = No asistió
