### The way in and out: password, second factor, the lock.

sign-in-title = Iniciar sesión
sign-in-email = Correo electrónico
sign-in-password = Contraseña
sign-in-submit = Iniciar sesión
sign-in-wrong = El correo electrónico y la contraseña no corresponden entre sí.
sign-in-too-many =
    { $minutes ->
        [one] Demasiados intentos. Espere 1 minuto e inténtelo de nuevo.
       *[other] Demasiados intentos. Espere { $minutes } minutos e inténtelo de nuevo.
    }
sign-in-somebody-else = Iniciar sesión como otra persona

## The second factor

code-title = Segundo factor
code-heading = Su código
code-label = Código
code-hint = Seis dígitos de su aplicación de autenticación, o un código de recuperación
code-wrong = Este código no sirve. Cada código sirve una sola vez: espere el siguiente que muestre la aplicación.
code-lost = ¿No tiene el teléfono ni un código de recuperación?
code-lost-way = Quien administra el consultorio puede quitar el segundo factor en Ajustes, Personas.

## The lock

lock-way = Escriba su contraseña para seguir donde estaba.
lock-wrong = Esta no es la contraseña de { $name }.
lock-over = Esta sesión terminó. Inicie sesión de nuevo en otra pestaña.
back-title = Puede continuar
back-kept = La página estaba bloqueada cuando usted envió esto, así que aún no se guardó nada. Lo que escribió se conserva en esta página.
back-send = Enviar ahora
back-without = Ir al día sin enviarlo
back-without-tables = Ir a las tablas sin enviarlo
back-typed = Lo que escribió
