//! The console without a mouse: everything by keys, the focus always where it is expected and always to be seen.

use slipway_e2e::{Kind, Outcome, View, journey, journey_in, like, qcow2, serve_file};
use thirtyfour::Key;

#[tokio::test]
async fn from_the_sign_in_to_a_running_instance() -> Outcome {
    journey(
        "keyboard",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.open("/").await?;
            user.see("button", "Sign in").await?;
            // The field that everybody begins with has the focus already, or is led to.
            if user.focus().await?.is_none_or(|focus| focus.name != "User") {
                user.tab_to("textbox", "User").await?;
            }
            user.press("demo").await?;
            user.tab_to("textbox", "Password").await?;
            user.press("demo-secret" + Key::Enter).await?;
            user.see("heading", "Choose a project").await?;
            user.tab_and_enter("button", like("demo")).await?;
            user.focused("heading", "Images").await?;

            // Past the column of places at once.
            user.driver().refresh().await?;
            user.see("link", like("debian-12")).await?;
            user.tab_and_enter("link", "Skip to content").await?;
            user.tab_to("link", "Create image").await?;

            // An image: there, and back again.
            user.open("/images?tab=public&q=cirros").await?;
            user.see("link", like("cirros")).await?;
            user.tab_and_enter("link", "cirros-0.6.3-x86_64").await?;
            user.focused("heading", "cirros-0.6.3-x86_64").await?;
            user.tab_and_enter("link", "Launch").await?;
            user.focused("heading", like("Launch")).await?;
            user.tab_to("textbox", "Name").await?;
            user.press("typed-1").await?;
            user.press(Key::Enter).await?;
            user.focused("heading", "typed-1").await?;
            user.read("Active").await?;

            // Deleted by a dialog, which gives the focus back when it is left.
            user.tab_and_enter("button", "More actions").await?;
            user.tab_and_enter("button", like("Delete")).await?;
            user.see("button", "Delete instance").await?;
            user.press(Key::Escape).await?;
            user.focused("button", "More actions").await?;
            user.press(Key::Enter).await?;
            user.tab_and_enter("button", like("Delete")).await?;
            user.see("button", "Delete instance").await?;
            user.tab_and_enter("button", "Delete instance").await?;
            user.at("the list of instances", |path| {
                path.starts_with("/instances") && path.len() < 20
            })
            .await?;
            user.focused("heading", "Instances").await
        },
    )
    .await
}

#[tokio::test]
async fn an_image_from_a_url() -> Outcome {
    journey(
        "keyboard-url",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = qcow2(stage.folder.path(), "served.qcow2", 2).await?;
            let url = serve_file(&path).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", like("debian-12")).await?;
            user.tab_and_enter("link", "Create image").await?;
            user.focused("heading", "Create image").await?;
            // A group of radio buttons is one stop; the arrows choose in it.
            user.tab_to("radio", like("File")).await?;
            user.press(Key::Right).await?;
            user.focused("radio", like("URL")).await?;
            user.tab_to("textbox", "Address").await?;
            user.press(url.as_str()).await?;
            user.tab_to("textbox", "Name").await?;
            user.press("fetched").await?;
            user.tab_to("combobox", like("Disk format")).await?;
            user.press("qcow2").await?;
            user.tab_to("button", "Create image").await?;
            user.press(Key::Enter).await?;
            user.focused("heading", "fetched").await?;
            user.read("Active").await
        },
    )
    .await
}

#[tokio::test]
async fn the_palette_finds_and_does() -> Outcome {
    journey(
        "palette",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", like("debian-12")).await?;
            user.tab_to("link", "Instances").await?;
            user.press_with(Key::Control, 'k').await?;
            user.focused("combobox", "Find or do").await?;
            // Escape leads back to where the focus was.
            user.press(Key::Escape).await?;
            user.focused("link", "Instances").await?;

            // An image by a part of its name; arrows choose, the field keeps the focus.
            user.press_with(Key::Control, 'k').await?;
            user.focused("combobox", "Find or do").await?;
            assert_eq!(user.value("Find or do").await?, "", "it remembers nothing");
            user.press("golden").await?;
            user.see("option", like("erp-golden-2025.11")).await?;
            user.press(Key::Down).await?;
            user.focused("combobox", "Find or do").await?;
            user.press(Key::Up).await?;
            user.press(Key::Enter).await?;
            user.focused("heading", like("erp-golden")).await?;

            // By its id as well.
            let path = user.path().await?;
            let id = path.rsplit('/').next().unwrap_or_default().to_owned();
            user.press_with(Key::Control, 'k').await?;
            user.focused("combobox", "Find or do").await?;
            user.press(id.as_str()).await?;
            user.see("option", like("erp-golden")).await?;
            user.press(Key::Escape).await?;

            // Deeds: appearance, project, sign out.
            user.press_with(Key::Control, 'k').await?;
            user.focused("combobox", "Find or do").await?;
            user.press("dark" + Key::Enter).await?;
            user.until("dark", async || {
                let theme = user
                    .driver()
                    .execute("return document.documentElement.dataset.theme", vec![])
                    .await?;
                Ok(theme.convert::<Option<String>>()?.as_deref() == Some("dark"))
            })
            .await?;
            user.press_with(Key::Control, 'k').await?;
            user.focused("combobox", "Find or do").await?;
            user.press("project other" + Key::Enter).await?;
            user.see("button", like("Project other")).await?;
            user.at("the images of the other project", |path| path == "/images").await?;
            user.press_with(Key::Control, 'k').await?;
            user.focused("combobox", "Find or do").await?;
            user.press("sign out" + Key::Enter).await?;
            user.see("button", "Sign in").await?;
            // Signed out there is nothing to find.
            user.press_with(Key::Control, 'k').await?;
            user.gone("dialog", "Find or do").await
        },
    )
    .await
}

#[tokio::test]
async fn no_page_holds_the_focus_and_every_stop_can_be_seen() -> Outcome {
    journey(
        "keyboard-round",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            for (path, heading) in [
                ("/images?tab=private", "Images"),
                ("/images/create", "Create image"),
                ("/instances", "Instances"),
                ("/instances/launch", "Launch"),
            ] {
                user.open(path).await?;
                user.see("heading", like(heading)).await?;
                user.tab_to("link", "Skip to content").await?;
                // All the way round to where it began, every stop with a ring and a name.
                user.tab_to("link", "Skip to content").await?;
            }
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn who_wants_no_motion_gets_none() -> Outcome {
    journey_in(Kind::Chromium, "motion", |_| {}, async |stage| {
        let user = &stage.user;
        user.look_through(View::light(1440, 1000)).await?;
        user.sign_in("demo", "demo-secret", "demo").await?;
        for path in ["/images?tab=private", "/images/create", "/instances/launch"] {
            user.open(path).await?;
            user.see("button", like("Project demo")).await?;
            let script = r#"
                const still = t => t.split(',').every(x => parseFloat(x) === 0);
                return [...document.querySelectorAll('*')].flatMap(e => [null, '::before', '::after'].map(p => [e, getComputedStyle(e, p)]))
                    .filter(([, s]) => !still(s.transitionDuration) || (s.animationName !== 'none' && (s.animationTimeline ?? 'auto') === 'auto' && !still(s.animationDuration)) || s.scrollBehavior === 'smooth')
                    .slice(0, 5).map(([e]) => e.outerHTML.slice(0, 100));"#;
            let moving = user.driver().execute(script, vec![]).await?.convert::<Vec<String>>()?;
            assert!(moving.is_empty(), "on {path} these move: {moving:?}");
        }
        Ok(())
    })
    .await
}
