//! The direct road, case by case: what happens, and what the machine wants done.
#![allow(clippy::panic, reason = "a test that fails says so")]

use std::collections::HashMap;
use std::time::Duration;

use upload::{
    Check, CloudImage, CloudStatus, Effect, Event, Failure, Machine, Mismatch, Outcome, Phase,
    Ticket,
};

const SIZE: u64 = 100;

/// Drives a machine by words, remembering the newest ticket of each kind of effect.
struct Drive {
    machine: Machine,
    now: Duration,
    tickets: HashMap<&'static str, Ticket>,
    first_tickets: HashMap<&'static str, Ticket>,
    /// Answer with the first ticket of a kind instead of the newest.
    late: bool,
}

impl Drive {
    fn new() -> Self {
        Self {
            machine: Machine::new(SIZE),
            now: Duration::ZERO,
            tickets: HashMap::new(),
            first_tickets: HashMap::new(),
            late: false,
        }
    }

    fn ticket(&self, kind: &str) -> Ticket {
        let tickets = if self.late { &self.first_tickets } else { &self.tickets };
        *tickets.get(kind).unwrap_or_else(|| panic!("no {kind} yet"))
    }

    fn event(&self, words: &str) -> Event {
        let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
        let image = |status: &str, algo: &str, hash: &str, size| {
            let image = CloudImage {
                status: CloudStatus::from(status),
                size_bytes: Some(size),
                hash_algo: Some(algo.to_owned()).filter(|algo| !algo.is_empty()),
                hash_value: Some(hash.to_owned()),
                has_import_task: false,
            };
            Event::Image { ticket: self.ticket("look"), image }
        };
        match first {
            "start" => Event::Start,
            "created" => {
                Event::RecordCreated { ticket: self.ticket("create"), id: rest.to_owned() }
            }
            "refused" => Event::RecordRefused {
                ticket: self.ticket("create"),
                status: u16::try_from(number(rest)).unwrap_or_default(),
                message: "full".into(),
            },
            "unknown" => Event::RecordUnknown { ticket: self.ticket("create") },
            "progress" => {
                Event::SendProgress { ticket: self.ticket("send"), sent_bytes: number(rest) }
            }
            "sent" => Event::SendDone {
                ticket: self.ticket("send"),
                status: u16::try_from(number(rest)).unwrap_or_default(),
                message: "words".into(),
                retry_after: None,
            },
            "broken" => Event::SendBroken { ticket: self.ticket("send") },
            "lost" => {
                Event::SourceLost { ticket: self.ticket("send"), message: "unreadable".into() }
            }
            "active" if rest == "damaged" => image("active", "sha512", "ffff", SIZE),
            "active" if rest == "short" => image("active", "sha512", "abcd", SIZE - 1),
            "active" if rest == "md5" => image("active", "md5", "x", SIZE),
            "active" if rest == "unhashed" => image("active", "", "", SIZE),
            "active" => image("active", "sha512", "ABCD", SIZE),
            "queued" | "saving" | "deactivated" | "deleted" => image(first, "", "", 0),
            "gone" => Event::ImageGone { ticket: self.ticket("look") },
            "lookless" => Event::LookFailed { ticket: self.ticket("look") },
            "hash" => Event::HashDone { ticket: self.ticket("hash"), sha512: "abcd".into() },
            "hashless" => {
                Event::HashFailed { ticket: self.ticket("hash"), message: "unreadable".into() }
            }
            "token" => Event::TokenRenewed { ticket: self.ticket("token") },
            "removed" => Event::RecordDeleted { ticket: self.ticket("delete") },
            "unremoved" => Event::DeleteFailed { ticket: self.ticket("delete") },
            "signed-out" => Event::SignedOut,
            "offline" => Event::Offline,
            "online" => Event::Online,
            "tick" => Event::Tick,
            "cancel" => Event::Cancel,
            "retry" => Event::Retry,
            other => panic!("unknown event {other}"),
        }
    }

    /// Takes in one event by its words and returns the effects as words.
    fn step(&mut self, words: &str) -> String {
        if let Some(seconds) = words.strip_prefix("wait ") {
            // As a driver does: a tick every five seconds.
            let mut done = Vec::new();
            for _ in 0..number(seconds) / 5 {
                self.now += Duration::from_secs(5);
                let effects = self.machine.handle(Event::Tick, self.now);
                done.extend(effects.into_iter().map(|effect| self.words(effect)));
            }
            return done.join(" ");
        }
        let late = words.strip_prefix("late ");
        self.late = late.is_some();
        let event = self.event(late.unwrap_or(words));
        self.late = false;
        let effects = self.machine.handle(event, self.now);
        effects.into_iter().map(|effect| self.words(effect)).collect::<Vec<_>>().join(" ")
    }

    fn words(&mut self, effect: Effect) -> String {
        let (kind, ticket, words) = match effect {
            Effect::CreateRecord { ticket } => ("create", Some(ticket), String::new()),
            Effect::Send { ticket, id } => ("send", Some(ticket), format!(":{id}")),
            Effect::AbortSend { ticket } => {
                assert_eq!(ticket, self.ticket("send"));
                ("abort", None, String::new())
            }
            Effect::StartHash { ticket } => ("hash", Some(ticket), String::new()),
            Effect::StopHash => ("stop-hash", None, String::new()),
            Effect::LookAtImage { ticket, id, after } => {
                ("look", Some(ticket), format!(":{id}+{}", after.as_secs()))
            }
            Effect::AwaitToken { ticket } => ("token", Some(ticket), String::new()),
            Effect::DeleteRecord { ticket, id, after } => {
                ("delete", Some(ticket), format!(":{id}+{}", after.as_secs()))
            }
            Effect::Finished(outcome) => ("end", None, format!(":{}", end(&outcome))),
            other => panic!("of the other road: {other:?}"),
        };
        if let Some(ticket) = ticket {
            self.tickets.insert(kind, ticket);
            self.first_tickets.entry(kind).or_insert(ticket);
        }
        format!("{kind}{words}")
    }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("not a number: {text}"))
}

fn end(outcome: &Outcome) -> String {
    let how = match outcome {
        Outcome::Uploaded { id, check: Check::Verified, .. } => format!("verified({id})"),
        Outcome::Uploaded { id, check: Check::NotComparable { algorithm }, .. } => {
            format!("not-comparable({id},{})", algorithm.as_deref().unwrap_or("-"))
        }
        Outcome::Cancelled { .. } => "cancelled".to_owned(),
        Outcome::Failed { reason, .. } => match reason {
            Failure::RecordRefused { status, .. } => format!("record-refused({status})"),
            Failure::NoReplyToCreate => "no-reply-to-create".to_owned(),
            Failure::ContentRefused { .. } => "content-refused".to_owned(),
            Failure::Refused { status, .. } => format!("refused({status})"),
            Failure::Gone => "gone".to_owned(),
            Failure::KeepsBreaking { breaks, last } => {
                format!(
                    "keeps-breaking({breaks},{})",
                    last.as_ref().map_or(0, |(status, _)| *status)
                )
            }
            Failure::Unreachable => "unreachable".to_owned(),
            Failure::OddState { status } => format!("odd({status})"),
            Failure::HashFailed { .. } => "hash-failed".to_owned(),
            Failure::Mismatch(Mismatch::Size { .. }) => "size-differs".to_owned(),
            Failure::Mismatch(Mismatch::Sha512 { .. }) => "hash-differs".to_owned(),
            Failure::SignedOut => "signed-out".to_owned(),
            Failure::SourceChanged => "changed".to_owned(),
            other => panic!("of the other road: {other:?}"),
        },
    };
    let left = outcome.left();
    let perhaps = if left.perhaps_a_record { "?" } else { "" };
    if left.is_nothing() { how } else { format!("{how}-left[{}{perhaps}]", left.records.join(",")) }
}

/// Events and the effects of each, as `event > effects` separated by semicolons.
fn check(script: &str) {
    check_with(Machine::new(SIZE), script);
}

fn check_with(machine: Machine, script: &str) {
    let mut drive = Drive { machine, ..Drive::new() };
    for line in script.split(';').map(str::trim).filter(|line| !line.is_empty()) {
        let (event, expected) = line.split_once('>').unwrap_or((line, ""));
        let found = drive.step(event.trim());
        assert_eq!(found, expected.trim(), "after `{}` in:\n{script}", event.trim());
    }
}

#[test]
fn the_normal_course() {
    check(
        "start > hash create; created a > send:a; progress 50; progress 100; hash; sent 204 > look:a+0; active > end:verified(a)",
    );
    check(
        "start > hash create; created a > send:a; sent 204 > look:a+0; active; hash > end:verified(a)",
    );
    check(
        "start > hash create; start; created a > send:a; created b; sent 200 > look:a+0; saving > look:a+1; active; hash > end:verified(a); retry; cancel; tick",
    );
}

#[test]
fn hashes_that_are_not_sha512_are_said() {
    check(
        "start > hash create; created a > send:a; sent 204 > look:a+0; active md5 > stop-hash end:not-comparable(a,md5)",
    );
    check(
        "start > hash create; created a > send:a; hash; sent 204 > look:a+0; active unhashed > end:not-comparable(a,-)",
    );
}

#[test]
fn never_success_for_something_else() {
    check(
        "start > hash create; created a > send:a; hash; sent 204 > look:a+0; active damaged > delete:a+0; removed > end:hash-differs",
    );
    check(
        "start > hash create; created a > send:a; sent 204 > look:a+0; active damaged; hash > delete:a+0; removed > end:hash-differs",
    );
    check(
        "start > hash create; created a > send:a; hash; sent 204 > look:a+0; active short > delete:a+0; removed > end:size-differs; retry > hash create",
    );
}

/// Row 10 of the fault matrix on the direct road: the record of an earlier run is looked at before anything is sent.
#[test]
fn the_record_of_an_earlier_run_is_looked_at_first() {
    for script in [
        "start > hash look:a+0; queued > send:a; hash; sent 204 > look:a+0; active > end:verified(a)",
        "start > hash look:a+0; active; hash > end:verified(a)",
        // Which of the two changed, nobody knows.
        "start > hash look:a+0; active damaged; hash > end:changed-left[a]",
        "start > hash look:a+0; gone > create; created b > send:b",
        "start > hash look:a+0; deleted > create; created b > send:b",
        // Its cloud may still be writing what an earlier run sent.
        "start > hash look:a+0; saving > look:a+1; wait 500; saving > look:a+30; hash; active > end:verified(a)",
        "cancel > delete:a+0; removed > end:cancelled",
    ] {
        check_with(Machine::again(SIZE, "a".into()), script);
    }
}

/// Row 28 of the fault matrix: cut at half, restarted on the same record; a lost reply below.
#[test]
fn a_break_restarts_on_the_same_record() {
    check(
        "start > hash create; created a > send:a; progress 50; broken > look:a+1; saving > look:a+1; queued > send:a; hash; sent 204 > look:a+0; active > end:verified(a)",
    );
    check(
        "start > hash create; created a > send:a; sent 503 > look:a+1; queued > send:a; sent 502 > look:a+2; queued > send:a",
    );
}

#[test]
fn a_lost_reply_is_found_out() {
    check(
        "start > hash create; created a > send:a; hash; progress 100; broken > look:a+1; active > end:verified(a)",
    );
    check(
        "start > hash create; created a > send:a; hash; sent 504 > look:a+1; active > end:verified(a)",
    );
    // The browser itself had repeated the request: the second one is told that the first has arrived.
    check(
        "start > hash create; created a > send:a; hash; sent 409 > look:a+1; active > end:verified(a)",
    );
    // The connection hangs after the last byte.
    check(
        "start > hash create; created a > send:a; hash; progress 100; wait 5 > look:a+30; saving > look:a+30; lookless > look:a+30; active > abort end:verified(a); sent 204; broken",
    );
}

#[test]
fn a_second_record_where_the_first_is_spoilt() {
    check(
        "start > hash create; created a > send:a; sent 500 > look:a+1; queued > delete:a+0; removed > create; created b > send:b; hash; sent 204 > look:b+0; active > end:verified(b)",
    );
    check(
        "start > hash create; created a > send:a; progress 50; broken > look:a+1; saving > look:a+1; wait 90; saving > delete:a+0; unremoved > delete:a+1; unremoved > delete:a+2; unremoved > create; created b > send:b; hash; sent 204 > look:b+0; active > end:verified(b)-left[a]",
    );
    // Written by a slow store: more patience after the whole body.
    check(
        "start > hash create; created a > send:a; progress 100; broken > look:a+1; saving > look:a+1; wait 500; saving > look:a+30; hash; active > end:verified(a)",
    );
}

#[test]
fn refusals_are_final_and_clean() {
    check("start > hash create; refused 413 > stop-hash end:record-refused(413); created a");
    check("start > hash create; unknown > stop-hash end:no-reply-to-create-left[?]");
    check("start > hash create; refused 504 > stop-hash end:record-refused(504)-left[?]");
    check("start > hash create; refused 201 > stop-hash end:record-refused(201)-left[?]");
    check(
        "start > hash create; created a > send:a; sent 413 > stop-hash delete:a+0; removed > end:refused(413)",
    );
    check(
        "start > hash create; created a > send:a; sent 403 > stop-hash delete:a+0; removed > end:refused(403)",
    );
    check("start > hash create; created a > send:a; sent 410 > stop-hash end:gone");
    check(
        "start > hash create; created a > send:a; hash; sent 415 > delete:a+0; removed > end:content-refused; retry > create; created b > send:b",
    );
    check(
        "start > hash create; created a > send:a; sent 409 > look:a+1; deactivated > stop-hash delete:a+0; removed > end:odd(deactivated)",
    );
    check("start > hash create; created a > send:a; broken > look:a+1; gone > stop-hash end:gone");
    check(
        "start > hash create; created a > send:a; broken > look:a+1; deleted > stop-hash end:gone",
    );
}

#[test]
fn a_file_that_is_changed_while_it_is_sent_is_not_sent_again() {
    check(
        "start > hash create; created a > send:a; progress 50; lost > stop-hash delete:a+0; removed > end:hash-failed; retry > hash create",
    );
    check(
        "start > hash create; created a > send:a; hash; progress 50; lost > delete:a+0; removed > end:hash-failed; retry > hash create",
    );
    // It was not needed any more: the image tells.
    check(
        "start > hash create; created a > send:a; hash; progress 100; lost > look:a+1; active > end:verified(a)",
    );
    check(
        "start > hash create; created a > send:a; hash; progress 100; lost > look:a+1; queued > send:a; lost > delete:a+0; removed > end:hash-failed",
    );
    check("start > hash create; created a > send:a; cancel > abort stop-hash delete:a+0; lost");
}

#[test]
fn what_cannot_be_removed_is_told() {
    check(
        "start > hash create; created a > send:a; hash; sent 413 > delete:a+0; unremoved > delete:a+1; unremoved > delete:a+2; unremoved > end:refused(413)-left[a]",
    );
    check(
        "start > hash create; created a > send:a; hash; cancel > abort delete:a+0; unremoved > delete:a+1; unremoved > delete:a+2; unremoved > end:cancelled-left[a]; retry > create; created b > send:b; sent 204 > look:b+0; active > end:verified(b)-left[a]",
    );
    check(
        "start > hash create; created a > send:a; signed-out > abort stop-hash end:signed-out-left[a]",
    );
    check("start > hash create; signed-out > stop-hash end:signed-out-left[?]");
    check(
        "start > hash create; created a > send:a; hash; cancel > abort delete:a+0; signed-out > end:signed-out-left[a]",
    );
}

#[test]
fn cancelling_in_every_state() {
    check("cancel > end:cancelled");
    check(
        "start > hash create; cancel > stop-hash; created a > delete:a+0; removed > end:cancelled",
    );
    check("start > hash create; cancel > stop-hash; unknown > end:cancelled-left[?]");
    check("start > hash create; cancel > stop-hash; refused 403 > end:cancelled");
    check(
        "start > hash create; created a > send:a; progress 5; cancel > abort stop-hash delete:a+0; cancel; removed > end:cancelled; sent 204",
    );
    check(
        "start > hash create; created a > send:a; sent 204 > look:a+0; cancel > stop-hash delete:a+0; active; removed > end:cancelled",
    );
    check(
        "start > hash create; created a > send:a; sent 204 > look:a+0; active; cancel > stop-hash delete:a+0; hash; removed > end:cancelled",
    );
    check(
        "start > hash create; created a > send:a; sent 401 > token; cancel > stop-hash delete:a+0; token; removed > end:cancelled",
    );
    check(
        "start > hash create; created a > send:a; offline; broken; cancel > stop-hash delete:a+0; removed > end:cancelled",
    );
    check(
        "start > hash create; created a > send:a; sent 500 > look:a+1; queued > delete:a+0; cancel > stop-hash; removed > end:cancelled",
    );
}

#[test]
fn a_token_that_runs_out() {
    check(
        "start > hash create; created a > send:a; sent 401 > token; broken; token > send:a; token; hash; sent 204 > look:a+0; active > end:verified(a)",
    );
    check(
        "start > hash create; created a > send:a; sent 401 > token; token > send:a; sent 401 > token; token > send:a; sent 401 > token; token > send:a; sent 401 > stop-hash delete:a+0; removed > end:refused(401)",
    );
}

#[test]
fn a_network_that_goes_away_costs_nothing() {
    let mut script = "start > hash create; created a > send:a;".to_owned();
    for _ in 0..20 {
        script.push_str("offline; broken; online > look:a+0; queued > send:a;");
    }
    script.push_str(
        "hash; sent 204 > look:a+0; offline; lookless; online > look:a+0; active > end:verified(a)",
    );
    check(&script);
    // The break comes before the platform notices: it is counted, the rest is not.
    check(
        "start > hash create; created a > send:a; broken > look:a+1; offline; lookless; wait 3600; online > look:a+0; queued > send:a",
    );
}

#[test]
fn a_dead_connection_is_noticed() {
    check(
        "start > hash create; created a > send:a; wait 10; progress 10; wait 55; progress 20; wait 60 > abort look:a+1; queued > send:a",
    );
    check(
        "start > hash create; created a > send:a; offline; wait 3600; online; wait 55; progress 1",
    );
    // A laptop that slept for an hour has not stalled.
    let mut drive = Drive::new();
    for words in ["start", "created a", "progress 10"] {
        drive.step(words);
    }
    drive.now += Duration::from_secs(3600);
    assert_eq!(drive.step("tick"), "");
}

#[test]
fn it_gives_up_in_the_end() {
    let mut script = "start > hash create; created a > send:a; hash;".to_owned();
    for delay in [1, 2, 4, 8, 16] {
        script.push_str(&format!("broken > look:a+{delay}; queued > send:a;"));
    }
    check(&format!(
        "{script} broken > look:a+30; queued > delete:a+0; removed > end:keeps-breaking(6,0)"
    ));
    check(&format!(
        "{script} sent 503 > look:a+30; queued > delete:a+0; removed > end:keeps-breaking(6,503)"
    ));

    let mut script = "start > hash create; created a > send:a; hash; broken > look:a+1;".to_owned();
    for delay in [2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30] {
        script.push_str(&format!("lookless > look:a+{delay};"));
    }
    check(&format!("{script} lookless > delete:a+0; removed > end:unreachable"));

    // Success is answered, and yet there is never anything.
    let mut script = "start > hash create; created a > send:a; hash;".to_owned();
    for _ in 0..5 {
        script.push_str("sent 204 > look:a+0; queued > send:a;");
    }
    check(&format!(
        "{script} sent 204 > look:a+0; queued > delete:a+0; removed > end:keeps-breaking(6,0)"
    ));
}

#[test]
fn a_file_that_cannot_be_read() {
    check(
        "start > hash create; created a > send:a; hashless > hash; hashless > abort delete:a+0; removed > end:hash-failed; retry > hash create",
    );
    check(
        "start > hash create; hashless > hash; hashless; created a > delete:a+0; removed > end:hash-failed",
    );
    check(
        "start > hash create; created a > send:a; sent 204 > look:a+0; active; hashless > hash; hashless > delete:a+0; removed > end:hash-failed",
    );
    check(
        "start > hash create; created a > send:a; hashless > hash; hash; sent 204 > look:a+0; active > end:verified(a)",
    );
    check(
        "start > hash create; created a > send:a; sent 500 > look:a+1; queued > delete:a+0; hashless > hash; hashless; removed > end:hash-failed",
    );
}

#[test]
fn late_answers_are_ignored() {
    check(
        "start > hash create; created a > send:a; sent 500 > look:a+1; queued > delete:a+0; removed > create; late created a; late refused 413; late unknown; late removed; created b > send:b; late sent 204; late broken; late active; late gone; late lookless; hash; sent 204 > look:b+0; late active damaged; active > end:verified(b)",
    );
    check(
        "start > hash create; created a > send:a; sent 401 > token; token > send:a; sent 401 > token; late token; token > send:a; late progress 100; hashless > hash; late hash; late hashless; hash",
    );
}

#[test]
fn what_a_page_shows() {
    let mut drive = Drive::new();
    let mut shown = |words: &str| {
        if !words.is_empty() {
            drive.step(words);
        }
        drive.machine.view()
    };
    assert_eq!(shown("").phase, Phase::New);
    assert_eq!(shown("start").phase, Phase::Creating);
    assert_eq!(shown("created a").phase, Phase::Sending);
    let view = shown("progress 60");
    assert_eq!((view.sent_bytes, view.size_bytes, view.image_id.as_deref()), (60, 100, Some("a")));
    assert_eq!(shown("progress 40").sent_bytes, 60, "late news");
    assert_eq!(shown("progress 100").phase, Phase::AwaitingReply);
    assert_eq!(shown("sent 401").phase, Phase::AwaitingSignIn);
    assert_eq!((shown("token").phase, shown("").sent_bytes), (Phase::Sending, 0));
    assert_eq!(shown("broken").phase, Phase::Checking);
    shown("offline");
    assert_eq!(shown("lookless").phase, Phase::Offline);
    shown("online");
    shown("queued");
    shown("sent 204");
    assert_eq!(shown("active").phase, Phase::Verifying);
    assert_eq!(shown("cancel").phase, Phase::CleaningUp);
    assert!(matches!(shown("removed").phase, Phase::Finished(Outcome::Cancelled { .. })));
}
