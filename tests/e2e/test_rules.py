#!/usr/bin/python3
"""Rules against a real Dovecot: what the server, the clock and the memory
know of a message, and what check and explain tell."""

from __future__ import annotations

import json
from dataclasses import replace

from rig import tap
from rig.base import wait_nothing
from rig.mail import make_message
from rig.tap import Bench, each
from rig.watcher import Watcher


def make_watcher(bench: Bench) -> Watcher:
    return bench.watcher().account("work", bench.dovecot, bench.dovecot.user())


def test_explain_json(bench: Bench) -> None:
    """Each criterion with what was found, and the effects of all that hold."""
    message = (b"From: Friend <friend@example.net>\r\nX-Priority: 1\r\n"
               b"Subject: Hi\r\n\r\nText\r\n")
    with make_watcher(bench) as w:
        w.section("rule starred", importance="high", stop="no", icon="star")
        w.section("rule never", attachment="yes", notify="none")
        w.section("rule always", time="Mon-Sun", contact="no", cc="*@*")
        w.section("rule friends", **{"from": "*@example.net"}, urgency="low",
                  on_message="/bin/true 'a b'")
        w.section("rule behind")
        done = w.run("explain", "--json", input=message)
        assert done.returncode == 0, done
        told = json.loads(done.stdout)
    assert told["message"]["subject"] == "Hi", told
    assert [(r["rule"], r["holds"]) for r in told["rules"]] == [
        ("starred", True), ("never", False), ("always", False),
        ("friends", True)], told
    assert told["rules"][0]["criteria"] == [{
        "criterion": "importance", "wanted": "high", "found": "high",
        "holds": True, "gave_up": False}], told
    time, contact, cc = told["rules"][2]["criteria"]
    assert time["holds"] and time["found"][:3] in "MonTueWedThuFriSatSun"
    assert contact["found"] is None and not contact["holds"], told
    assert cc["found"] == "" and not cc["holds"], told
    assert told["rules"][1]["criteria"][0]["found"] is None, told
    assert told["decides"] == "friends", told
    assert told["effects"]["icon"] == "star", told
    assert told["effects"]["urgency"] == "low", told
    assert told["effects"]["on_message"] == ["/bin/true", "a b"], told


def test_explain_no_message(bench: Bench) -> None:
    """What is no message is not explained as one; what is short is."""
    w = make_watcher(bench)
    for wrong in b"", b"\n", b"\r\n\r\nSubject: x\n", b"a b: c\n", b"\0\xff\n":
        done = w.run("explain", input=wrong)
        assert done.returncode == 66 and not done.stdout, (wrong, done)
        assert "standard input: this is no message" in done.stderr, done
    for right in b"Subject: x", b"From a@b Mon Jan  1\nTo: x@y\n\n", b"X-Y :\n":
        done = w.run("explain", input=right)
        assert done.returncode == 0 and not done.stderr, (right, done)


def test_explain_effects(bench: Bench) -> None:
    """What rules say of downloads, bubbles and quiet hours, in both forms."""
    with make_watcher(bench) as w:
        w.section("defaults", quiet_hours="Mon-Sun")
        w.section("rule urgent", subject="now*", urgent="yes", timeout="5s")
        w.section("rule saved", subject="keep*", download_max_size="1K",
                  download_command="/bin/cat -", download="text")
        w.section("rule large", download_max_size="1",
                  download_to=bench.path("mail"))

        def explain(subject: str, *options: str) -> str:
            done = w.run("explain", *options,
                         input=make_message(subject, size=2000).octets)
            assert done.returncode == 0, done
            return done.stdout

        def effects(subject: str) -> dict:
            return json.loads(explain(subject, "--json"))["effects"]

        now, keep, other = map(effects, ("now", "keep", "other"))
        assert (now["urgent"], now["quiet"], now["timeout"]) == (
            True, False, 5000), now
        assert (keep["quiet"], keep["download"], keep["download_command"]) == (
            True, "text", ["/bin/cat", "-"]), keep
        assert other["download"] is other["download_to"] is None, other
        assert other["timeout"] == -1, other
        assert "in quiet hours as well" in explain("now")
        assert "timeout = 5s" in explain("now")
        assert "its text is downloaded by /bin/cat -" in explain("keep")
        assert "when the quiet hours are over" in explain("keep")
        assert "2000 octets are more than 1" in explain("other")


def test_explain_batch_hook(bench: Bench) -> None:
    """The hook of a whole burst is one, too."""
    letter = make_message("Hi", "anna@example.net").octets
    with bench.watcher() as w:
        w.account("work", bench.dovecot, bench.dovecot.user(),
                  on_message=None, on_mailbox="/bin/true 'a b'")
        w.section("rule bubbles", subject="quiet", notify="desktop")
        told = w.run("explain", input=letter).stdout
        assert "on_mailbox = /bin/true 'a b'" in told, told
        found = json.loads(w.run("explain", "--json", input=letter).stdout)
        assert found["effects"]["on_mailbox"] == ["/bin/true", "a b"], found
        quiet = make_message("quiet", "anna@example.net").octets
        found = json.loads(w.run("explain", "--json", input=quiet).stdout)
        assert found["effects"]["on_mailbox"] == [], found


def test_flags_and_keywords(bench: Bench) -> None:
    """What the message has when it is told: a filter has put it there."""
    user = bench.dovecot.user()
    w = bench.watcher().account("work", bench.dovecot, user)
    w.section("rule work", keyword="$Work, !$Noise")
    w.section("rule starred", flags=r"\Flagged")
    w.section("rule rest", notify="none")
    letters = {
        "plain": "", "starred": r"\Flagged", "work": "$Work",
        "noise": "$Work $Noise", "read": r"\Seen", "both": r"\Flagged $Work"}
    with w, bench.dovecot.reader(user) as reader:
        w.start().wait_live("work")
        for subject, flags in letters.items():
            reader.append("INBOX", make_message(subject), f"({flags})")
        rings = w.wait_rings(3)
        assert {r.subject: r.rule for r in rings} == {
            "starred": "starred", "work": "work", "both": "work"}, rings


def test_time(bench: Bench) -> None:
    """A rule that holds at any time does, in whatever zone."""
    user = bench.dovecot.user()
    w = bench.watcher().account("work", bench.dovecot, user)
    w.environment["TZ"] = "XYZ-05:30"
    w.section("rule always", time="00:00-12:00, 12:00-24:00")
    with w:
        w.start().wait_live("work")
        bench.dovecot.deliver(user, make_message("Now"))
        ring, = w.wait_rings(1)
        assert ring.rule == "always", ring


def test_seen_before(bench: Bench) -> None:
    """A sender is new once, over a restart too, and explain knows it without
    noting it."""
    user = bench.dovecot.user()
    w = bench.watcher().account("work", bench.dovecot, user)
    w.section("rule known", seen_before="yes")
    w.section("rule stranger", seen_before="no")

    def explain(sender: str) -> str:
        told = w.run("explain", "--json",
                     input=make_message("?", sender).octets)
        return json.loads(told.stdout)["decides"]

    def ring(subject: str, sender: str, count: int) -> str:
        bench.dovecot.deliver(user, make_message(subject, sender))
        return w.wait_rings(count)[-1].rule

    with w:
        w.start().wait_live("work")
        assert explain("anna@example.net") == "stranger"
        assert ring("1", "anna@example.net", 1) == "stranger"
        assert explain("Anna@Example.net") == "known"
        assert ring("2", "anna@example.net", 2) == "known"
        assert ring("3", "bob@example.net", 3) == "stranger"
        w.stop()
        w.start().wait_live("work")
        assert ring("4", "bob@example.net", 4) == "known"
        memory = next(w.config.parent.glob("**/work.senders"))
        assert b"example" not in memory.read_bytes()


def test_going_on(bench: Bench) -> None:
    """All rules that hold have their say, up to the first that stops."""
    user = bench.dovecot.user()
    w = bench.watcher().account("work", bench.dovecot, user, notify="none")
    w.section("rule ring", stop="no", notify="hook")
    w.section("rule noise", subject="noise*", notify="none")
    w.section("rule last", stop="no", urgency="low")
    w.section("rule never", **{"from": "x@y.z"}, notify="none")
    with w:
        w.start().wait_live("work")
        for subject in ("noise 1", "Hello", "noise 2", "Bye"):
            bench.dovecot.deliver(user, make_message(subject))
        assert [(r.subject, r.rule) for r in w.wait_rings(2)] == [
            ("Hello", "last"), ("Bye", "last")]


def test_check(bench: Bench) -> None:
    """Errors with line and hint, and rules that can never hold."""
    w = make_watcher(bench)
    w.section("rule lists", list_id="*")
    w.section("rule noise", list_id="noise.example.org", notify="none")
    done = w.run("check")
    line = w.text().split("\n").index("[rule noise]") + 1
    assert done.returncode == 0, done
    assert f":{line}: warning: rule noise: it can never hold, as [rule " \
        "lists]" in done.stderr, done
    w.section("rule bad", atachment="yes", time="9 to 5", keyword=r"\Seen")
    done = w.run("check")
    assert done.returncode == 78, done
    assert f':{line + 5}: unknown key "atachment": did you mean ' \
        '"attachment"?' in done.stderr, done
    assert f':{line + 6}: rule bad: time: "9 to 5" is no range' \
        in done.stderr, done
    assert f":{line + 7}: rule bad: keyword:" in done.stderr, done
    assert r"write flags = \Seen" in done.stderr, done


def test_rules_file(bench: Bench) -> None:
    """A reload reads it again; what is wrong in it changes nothing."""
    user = bench.dovecot.user()
    w = bench.watcher().section("defaults", rules_file="rules")
    w.account("work", bench.dovecot, user)
    rules = w.config.parent / "rules"
    rules.write_text("[rule one]\nurgency = low\n")

    def ring(count: int) -> str:
        bench.dovecot.deliver(user, make_message(f"No {count}"))
        return w.wait_rings(count)[-1].rule

    with w:
        w.start().wait_live("work")
        assert ring(1) == "one"
        rules.write_text("[rule two]\nurgency = low\n")
        assert w.run("reload").returncode == 0
        assert ring(2) == "two"
        rules.write_text("[rule three]\nurgency = low\n[account x]\n")
        done = w.run("reload")
        assert done.returncode == 78, done
        assert f"{rules}:3: [account NAME] cannot stand here" in done.stderr
        assert ring(3) == "two"


def test_contact(bench: Bench) -> None:
    """Who is in the vCards, or in what the command prints; once and explain
    wait for it."""
    user = bench.dovecot.user()
    w = bench.watcher()
    book, listed = w.config.parent / "book.vcf", w.config.parent / "list"
    book.write_text("BEGIN:VCARD\nitem1.EMAIL;TYPE=home:anna@exa\n"
                    " mple.net\nEND:VCARD\n")
    listed.write_text("searching for '' ...\nbob@example.net\tBob\twork\n")
    w.section("defaults", contacts_file=book,
              contacts_command=f"sh -c 'cat {listed}'")
    w.account("work", bench.dovecot, user)
    w.section("rule friend", contact="yes")
    w.section("rule stranger", contact="no")

    def explain(sender: str) -> str:
        told = w.run("explain", "--json",
                     input=make_message("?", sender).octets)
        return json.loads(told.stdout)["decides"]

    senders = {"anna": "friend", "bob": "friend", "carl": "stranger"}
    with w:
        for name, rule in senders.items():
            assert explain(f"{name}@example.net") == rule, name
        assert w.run("once").returncode == 0
        for name in senders:
            bench.dovecot.deliver(
                user, make_message(name, f"{name}@example.net"))
        assert w.run("once").returncode == 0
        assert {r.subject: r.rule for r in w.wait_rings(3)} == senders
        # A watcher does not wait, and keeps what it had.
        w.start().wait_live("work").wait_log("contacts_command: 1 address")
        listed.unlink()
        assert w.run("reload").returncode == 0
        w.wait_log("contacts_command: sh: exit status 1; what it said last")
        bench.dovecot.deliver(user, make_message("more", "bob@example.net"))
        assert w.wait_rings(4)[-1].rule == "friend"
        assert explain("anna@example.net") is None


def test_contact_at_start(bench: Bench) -> None:
    """What came while nobody watched is not judged before the command that
    tells who is a contact has ended."""
    user = bench.dovecot.user()
    w = bench.watcher()
    go, script = w.config.parent / "go", w.config.parent / "ask"
    script.write_text(f"while ! test -e {go}; do sleep 0.1; done\n"
                      "echo anna@example.net\n")
    w.section("defaults", contacts_command=f"sh {script}")
    w.account("work", bench.dovecot, user, **{"notify": "hook"})
    w.section("rule friend", contact="yes")
    with w:
        go.touch()
        assert w.run("once").returncode == 0
        go.unlink()
        bench.dovecot.deliver(user, make_message("hi", "anna@example.net"))
        w.start()
        wait_nothing(lambda: w.rings, "a ring before it is known", 1)
        go.touch()
        ring, = w.wait_rings(1)
        assert ring.rule == "friend", ring


@each("notify", "idle")
def test_attachment(bench: Bench, method: str) -> None:
    """Known on the way, pushed or asked for."""
    user = bench.dovecot.user()
    w = bench.watcher().account("work", bench.dovecot, user, method=method)
    w.section("rule files", attachment="yes", importance="normal")
    w.section("rule text", attachment="no")
    body = ("--X\nContent-Type: text/plain\n\nSee there.\n"
            "--X\nContent-Type: application/pdf\n"
            "Content-Disposition: attachment; filename=plan.pdf\n\nPDF\n"
            "--X--\n")
    with w:
        w.start().wait_live("work")
        bench.dovecot.deliver(user, make_message("plain"))
        plan = make_message("plan", body=body)
        bench.dovecot.deliver(user, replace(plan, octets=plan.octets.replace(
            b"text/plain; charset=utf-8", b"multipart/mixed; boundary=X", 1)))
        bench.dovecot.deliver(user, make_message("more"))
        assert [(r.subject, r.rule) for r in w.wait_rings(3)] == [
            ("plain", "text"), ("plan", "files"), ("more", "text")]


if __name__ == "__main__":
    tap.main(globals())
