/**
 * For a page that came as the answer to a form. The browser keeps what was sent beside it, to send it
 * again and to restore the session: a name, a signature or a code would lie in its profile. From here
 * on it is a page like any other, at its own address where the form's takes nothing but forms.
 */
history.replaceState(history.state, "", document.currentScript.dataset.address || location.href);
