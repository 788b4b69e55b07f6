"""Logs in as a person with a browser would, to whatever authorization server it is.

    log_in.py DESTSPEC SUBMISSION DESTINATION AUTHORITY

Starts `DESTSPEC login DESTINATION`, opens the address that it prints and fills in each form that comes: PERSON in the text
fields, PERSON_PASSWORD in that for the password, and the button that says yes. AUTHORITY, a file, is whom it trusts.
Exit: that of `destspec login`.
"""

import os
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar

# login, consent, and one that says that something was typed wrong
MOST_PAGES = 6


class Form(HTMLParser):
    """The first form of a page, filled in."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields = None, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = has.get("action") or ""
        kind = has.get("type", "submit" if tag == "button" else "text")
        if tag not in ("input", "button") or not has.get("name") or kind in ("checkbox", "radio"):
            return
        typed = {"text": os.environ["PERSON"], "password": os.environ["PERSON_PASSWORD"]}
        self.fields.append((has["name"], typed.get(kind, has.get("value") or "")))


def browse(address, authority):
    trusting = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority))
    browser = urllib.request.build_opener(trusting, urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(address)
    for _ in range(MOST_PAGES):
        here = page.geturl()
        if here.startswith("http://127.0.0.1:"):
            return
        form = Form(page.read().decode())
        if form.action is None:
            sys.exit(f"log_in.py: expected a form at {here.split('?')[0]}, received a page without")
        # Django asks for it where a form is sent over TLS
        asked = urllib.request.Request(
            urllib.parse.urljoin(here, form.action),
            data=urllib.parse.urlencode(form.fields).encode(),
            headers={"Referer": here},
        )
        page = browser.open(asked)
    sys.exit(f"log_in.py: expected to be sent back, received {MOST_PAGES} forms and another")


def main():
    destspec, submission, destination, authority = sys.argv[1:]
    login = subprocess.Popen(
        [destspec, "login", destination, submission, "--no-browser"], stderr=subprocess.PIPE, text=True
    )
    try:
        said = []
        for line in login.stderr:
            said.append(line)
            if line.strip().startswith("https://"):
                browse(line.strip(), authority)
                break
        else:
            sys.exit("".join(said).strip() or "log_in.py: expected an address, received nothing")
        said = login.stderr.read()
        if said.strip():
            print(said.strip(), file=sys.stderr)
        return login.wait(timeout=20)
    finally:
        login.kill()
        login.wait()


if __name__ == "__main__":
    sys.exit(main())
