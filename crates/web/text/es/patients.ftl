### Finding patients, registering them and editing who they are.

patients-found = Resultados
patients-for = para «{ $words }»
patients-everybody = Mostrar todos
patients-duplicates = Duplicados
patients-register = Registrar un paciente
patients-nobody = No se encontró a nadie
patients-nobody-words = Pruebe con menos letras, la fecha de nacimiento, parte del teléfono o el número de expediente.
patients-none = Aún no hay pacientes
patients-none-words = Registre el primero.
patients-last-visit = Última consulta
patients-no-visit = ninguna aún
patients-same-name = Mismo nombre
patients-count =
    { $count ->
        [one] { $count } paciente
       *[other] { $count } pacientes en esta página
    }
patients-first-page = Primera página
patients-more = Más
patients-deeds = Qué hacer
patients-in-charts = En los expedientes
patients-newest = lo más reciente primero

## The form

patient-edit = Editar datos
patient-given = Nombre
patient-family = Apellidos
patient-preferred = Nombre preferido
patient-preferred-hint = Cómo quiere que le llamen
patient-birth = Fecha de nacimiento
patient-birth-hint = Por ejemplo 15-mar-1985
patient-email = Correo electrónico
patient-address = Domicilio
patient-language = Idioma para documentos
patient-language-hint = En él se imprimen resúmenes y recetas
patient-language-open = No indicado
patient-emergency = A quién llamar en una emergencia
patient-emergency-name = Nombre
patient-relationship = Parentesco
patient-relationship-hint = Por ejemplo cónyuge, madre, vecino
# Where two versions stand side by side.
patient-contact = Contacto de emergencia
patient-contact-phone = Teléfono del contacto de emergencia
patient-contact-relationship = Parentesco del contacto de emergencia
patient-register = Registrar
patient-register-anyway = Es otra persona: registrar
patient-save = Guardar datos
patient-cancel = Cancelar
patient-registered = El paciente quedó registrado.
patient-saved = Los datos quedaron guardados.

## Somebody who looks like the person being registered

alike-stopped = Aún sin registrar: ¿ya tiene expediente?
alike-heading = ¿Ya tiene expediente?
alike-open = Si es una de estas personas, abra su expediente. Si es otra persona, regístrela abajo.
alike-look = Revise antes de abrir un segundo expediente para la misma persona.
alike-likely = muy probablemente la misma persona
alike-possible = posiblemente la misma persona
alike-same-name = mismo nombre
alike-swapped-name = mismos nombres, con nombre y apellidos invertidos
alike-similar-name = nombre escrito o pronunciado de forma parecida
alike-same-family-name = mismos apellidos
alike-same-given-name = mismo nombre de pila
alike-same-birth = misma fecha de nacimiento
alike-swapped-birth = misma fecha de nacimiento con día y mes invertidos
alike-birth-slip = la fecha de nacimiento difiere en un dígito
alike-same-phone = mismo teléfono
alike-same-email = mismo correo electrónico

## Two versions of what was edited twice

conflict-heading = Otra persona cambió esto mientras tanto
conflict-words = No se guardó nada. Abajo está lo que usted escribió; si guarda de nuevo, reemplaza lo que está registrado ahora.
conflict-field = Campo
conflict-theirs = Registrado ahora
conflict-yours = Usted escribió
conflict-nothing = nada

## What is wrong with a field. Pages in English show the record's own sentences, which the JSON interface sends too;
## these are for other languages, by what kind of mistake it is.

problem-required = { $label }: falta este dato.
problem-too-long = { $label }: es demasiado largo.
problem-in-future = { $label }: la fecha está en el futuro.
problem-too-old = { $label }: el paciente tendría más de 130 años.
problem-date = { $label }: escriba una fecha como 15-mar-1985; el año lleva cuatro dígitos.
problem-phone = { $label }: escriba un número como +1-555-0100, de 5 a 15 dígitos.
problem-email = { $label }: escriba una dirección como nombre@example.com.
problem-choice = { $label }: elija una opción.
