### The way in and out: password, second factor, the lock.

sign-in-title = Sign in
sign-in-email = E-mail address
sign-in-password = Password
sign-in-submit = Sign in
sign-in-wrong = This e-mail address and password do not belong together.
sign-in-too-many = Too many tries. Wait { $minutes } minutes, then try again.
sign-in-somebody-else = Sign in as somebody else

## The second factor

code-title = Second factor
code-heading = Your code
code-label = Code
code-hint = Six digits from your authenticator app, or a recovery code
code-wrong = This code does not open. Each opens once: wait for the next one that the app shows.
code-lost = No telephone and no recovery code?
code-lost-way = An administrator of the practice can take the second factor away, under Settings, People.

## The lock

lock-way = Type your password to go on where you were.
lock-wrong = This is not the password of { $name }.
lock-over = This session is over. Sign in again in another tab.
back-title = You are back
back-kept = The page was locked when you sent this, so nothing was saved yet. What you typed is kept on this page.
back-send = Send it now
back-without = To the day, without it
back-without-tables = To the tables, without it
back-typed = What you typed
