//! Where the token and the password are, and where they are not: nowhere but in memory and, the token, in the tab's
//! `sessionStorage`; and what is left of them after signing out.

use devcloud::faults::Action;
use http::StatusCode;
use serde_json::Value;
use slipway_e2e::{
    Disk, Outcome, SEGMENT, SEGMENT_PUT, Trouble, User, like, noise, upload_journey,
};

/// Everything that the browser keeps of the page, and everything that others can read of it: name and text of each.
const KEPT: &str = r#"
    const done = arguments[arguments.length - 1];
    (async () => {
        const found = [];
        const put = (name, value) => found.push([name, typeof value === 'string' ? value : JSON.stringify(value) ?? '']);
        put('localStorage', { ...localStorage });
        put('cookies', document.cookie);
        put('the address', location.href);
        put('the history', history.state);
        put("the window's name", window.name);
        put('the title', document.title);
        put('the page', document.documentElement.outerHTML);
        put('the fields', [...document.querySelectorAll('input, textarea, select')].map(e => e.value));
        put('addresses that were asked', performance.getEntries().map(e => e.name));
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) put('cache ' + name, request.url + await (await cache.match(request)).text());
        }
        put('service workers', (await navigator.serviceWorker?.getRegistrations() ?? []).map(r => r.scope));
        const asked = request => new Promise((yes, no) => { request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); });
        for (const { name } of await indexedDB.databases()) {
            const database = await asked(indexedDB.open(name));
            for (const store of database.objectStoreNames) {
                const rows = database.transaction(store).objectStore(store);
                const [keys, values] = [await asked(rows.getAllKeys()), await asked(database.transaction(store).objectStore(store).getAll())];
                const text = v => JSON.stringify(v, (_, x) => x instanceof Uint8Array ? new TextDecoder().decode(x) : x);
                put(`IndexedDB ${name}/${store}`, text(keys) + text(values));
            }
            database.close();
        }
        return found;
    })().then(found => done({ found }), error => done({ error: String(error) }));
"#;

async fn kept(user: &User) -> Result<Vec<(String, String)>, Trouble> {
    let told = user.driver().execute_async(KEPT, Vec::<Value>::new()).await?;
    let told = told.json();
    match told.get("found") {
        Some(found) => Ok(serde_json::from_value(found.clone())?),
        None => Err(format!("the browser did not tell: {told}").into()),
    }
}

/// None of these words is kept anywhere, or can be read.
async fn nothing_of(user: &User, words: &[&str], page: &str) -> Outcome {
    for (place, text) in kept(user).await? {
        if let Some(word) = words.iter().find(|word| text.contains(**word)) {
            return Err(format!("{page}: {place} has {word}").into());
        }
    }
    Ok(())
}

/// The token that the page works with, in the only place that it is kept.
async fn token(user: &User) -> Result<String, Trouble> {
    let script = "return JSON.stringify({ ...sessionStorage })";
    let text = user.driver().execute(script, vec![]).await?.convert::<String>()?;
    let from = text.find("gAAAA").ok_or("no token in the tab's storage")?;
    let letter = |c: char| c.is_ascii_alphanumeric() || "-_=".contains(c);
    Ok(text.chars().skip(text[..from].chars().count()).take_while(|c| letter(*c)).collect())
}

#[tokio::test]
async fn the_token_is_in_the_tab_alone_and_gone_after_signing_out() -> Outcome {
    upload_journey(
        "secrets",
        |_| Ok(()),
        async |stage| {
            let (user, beside) = (&stage.user, stage.api().await?);
            let server = beside.instance("keeper", Disk::Local).await?;
            let file = noise(stage.folder.path(), "kept.raw", 16 * SEGMENT, 4).await?;
            // It is under way until the end.
            let slow = SEGMENT_PUT.meet(Action::SlowBody { bytes_per_second: 10_000 });
            stage.cloud.faults().add(slow);
            user.choose_segments(&file).await?;
            let token = token(user).await?;
            assert!(token.len() > 80, "{token}");
            let secrets = [token.as_str(), "demo-secret", "temp_url_sig"];
            nothing_of(user, &secrets, "the wizard").await?;
            // A journal is kept, segments are hashed and sent.
            user.create().await?;
            stage.segments_begun(2).await?;
            nothing_of(user, &secrets, "an upload under way").await?;
            let rows = kept(user).await?;
            assert!(
                rows.iter()
                    .any(|(place, text)| place.contains("IndexedDB") && text.contains("kept")),
                "the journal is among what is looked at: {rows:?}"
            );
            for (link, sign) in [("Images", "debian-12"), ("Instances", "keeper")] {
                user.click("link", link).await?;
                user.see("link", like(sign)).await?;
                nothing_of(user, &secrets, link).await?;
            }
            user.click("link", "keeper").await?;
            user.read("login:").await?;
            nothing_of(user, &secrets, "an instance").await?;
            user.click("link", "Images").await?;
            user.click("link", like("Launch debian-12-x86_64")).await?;
            user.see("radio", "gp.2x4").await?;
            nothing_of(user, &secrets, "the launch, with its commands").await?;
            user.click("link", "Images").await?;
            user.click("link", like("debian-12-x86_64")).await?;
            user.see("heading", like("debian-12-x86_64")).await?;
            nothing_of(user, &secrets, "an image").await?;

            user.click("button", like("Signed in until")).await?;
            user.click("button", "Sign out").await?;
            user.read("Sign out and stop 1 upload?").await?;
            user.click("button", "Sign out").await?;
            user.see("button", "Sign in").await?;
            let left = "return sessionStorage.length";
            let left = user.driver().execute(left, vec![]).await?.convert::<u64>()?;
            assert_eq!(left, 0, "the tab's storage");
            nothing_of(user, &secrets, "signed out").await?;
            assert!(!user.page_text().await?.contains("keeper"));
            let url = format!("{}/auth/tokens", beside.identity_url());
            user.until("the token is worth nothing", async || {
                let asked = reqwest::Client::new().get(&url).header("x-auth-token", beside.token());
                let answer = asked.header("x-subject-token", &token).send().await?;
                Ok(answer.status() == StatusCode::NOT_FOUND)
            })
            .await?;
            // Neither the way back nor a link shows what was there.
            for path in [format!("/instances/{server}"), "/images?tab=private".to_owned()] {
                user.driver().back().await?;
                user.see("button", "Sign in").await?;
                user.open(&path).await?;
                user.see("button", "Sign in").await?;
                let text = user.page_text().await?;
                assert!(!text.contains("keeper") && !text.contains("erp-golden"), "{text}");
            }
            Ok(())
        },
    )
    .await
}
