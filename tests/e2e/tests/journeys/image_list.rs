//! The list of images as a whole: facets, thousands of rows, the keyboard, work on several at once, offers.

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use slipway_e2e::{Outcome, Stage, Trouble, User, journey, like};
use thirtyfour::{By, Key};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// What has the focus: its text and the row it is in.
async fn focus(user: &User) -> Result<(String, u64), Trouble> {
    let script = r#"
        const active = document.activeElement;
        return [active.textContent.trim(), Number(active.closest('[aria-rowindex]')?.ariaRowIndex || 0)];"#;
    Ok(user.driver().execute(script, vec![]).await?.convert::<(String, u64)>()?)
}

async fn press(user: &User, key: Key) -> Outcome {
    Ok(user.driver().active_element().await?.send_keys(key + "").await?)
}

/// Gives the focus to a row's name without opening it.
async fn focus_on_row(user: &User, name: &str) -> Outcome {
    let link = user.see("link", name).await?;
    Ok(link.focus().await?)
}

#[tokio::test]
async fn facets_narrow_the_list_and_live_in_the_address() -> Outcome {
    journey(
        "facets",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", like("ubuntu-24.04")).await?;
            user.click("button", "OS").await?;
            user.click("checkbox", like("Debian")).await?;
            user.gone("link", like("ubuntu-24.04")).await?;
            // The menu stays open for a second value, and the other systems keep their counts.
            user.click("checkbox", like("Rocky Linux")).await?;
            user.at("two systems in the address", |path| {
                path.contains("os=debian") && path.contains("os=rocky%20linux")
            })
            .await?;
            press(user, Key::Escape).await?;
            user.click("button", "Visibility").await?;
            user.click("checkbox", like("Private")).await?;
            press(user, Key::Escape).await?;
            user.see("link", "erp-golden-2026.10").await?;
            user.gone("link", like("debian-12-x86_64")).await?;

            user.driver().refresh().await?;
            user.see("link", "erp-golden-2026.10").await?;
            user.gone("link", "web-1-before-upgrade").await?;
            user.click("button", "Clear OS").await?;
            user.at("one facet left", |path| !path.contains("os=")).await?;
            // What was pressed has gone: the focus stays beside it.
            user.focused("button", like("OS")).await?;
            user.click("button", "Clear all").await?;
            user.focused("searchbox", "Search images").await?;
            user.see("link", like("ubuntu-24.04")).await?;
            user.at("nothing in the address", |path| path == "/images").await
        },
    )
    .await
}

#[tokio::test]
async fn hidden_images_and_columns_are_shown_as_wished() -> Outcome {
    journey(
        "wished",
        |options| options.seed_images = 1,
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", like("debian-12")).await?;
            user.gone("link", like("scale-model-debian")).await?;
            user.click("button", "Hidden too").await?;
            user.see("link", like("scale-model-debian")).await?;
            user.click("button", "Choose columns").await?;
            user.click("checkbox", "Visibility").await?;
            user.at("the columns in the address", |path| path.contains("columns=")).await?;
            user.gone("columnheader", "Visibility").await?;
            // The next visit remembers them.
            user.open("/images").await?;
            user.see("link", like("debian-12")).await?;
            user.see("columnheader", "Size").await?;
            user.gone("columnheader", "Visibility").await
        },
    )
    .await
}

#[tokio::test]
async fn two_thousand_images_are_walked_by_keyboard_to_the_last() -> Outcome {
    journey(
        "thousands",
        |options| options.seed_images = 2000,
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images?q=-0&sort=name").await?;
            user.read(" of 2,").await?;
            user.no_longer_read("so far").await?;
            let links = user.driver().execute("return [...document.querySelectorAll('tbody a[href^=\"/images/\"]')].map(a => a.textContent)", vec![]).await?;
            let names: Vec<String> = links.convert()?;
            let first = names.first().ok_or("no row")?.clone();
            assert!(names.len() < 300, "only the rows in view are in the page: {}", names.len());
            focus_on_row(user, &first).await?;
            press(user, Key::Down).await?;
            user.until("the second row", async || Ok(focus(user).await?.1 == 3)).await?;
            press(user, Key::End).await?;
            user.until("the last row", async || Ok(focus(user).await?.1 > 1500)).await?;
            let (last, row) = focus(user).await?;
            assert!(last > first, "{last} is behind {first}");
            press(user, Key::Up).await?;
            user.until("the row before", async || Ok(focus(user).await?.1 == row - 1)).await?;
            press(user, Key::Space).await?;
            user.read("1 selected").await?;
            press(user, Key::Home).await?;
            user.until("the first row", async || Ok(focus(user).await?.1 == 2)).await?;
            press(user, Key::Enter).await?;
            user.see("heading", like(&first)).await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_bulk_deletion_tells_what_failed_row_by_row() -> Outcome {
    journey(
        "bulk",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.click("link", like("Private")).await?;
            for name in ["erp-golden-2026.10", "web-1-before-upgrade", "upload-that-was-broken-off"]
            {
                user.click("checkbox", format!("Select {name}")).await?;
            }
            user.read("3 selected").await?;
            user.read("1 is protected").await?;
            let held = user.see("link", "web-1-before-upgrade").await?;
            let held = held.attr("href").await?.ok_or("a link without an address")?;
            let id = held.rsplit('/').next().ok_or("no id")?.to_owned();
            let conflict = Action::Status {
                status: 409,
                message: "Image is in use".into(),
                headers: Default::default(),
            };
            let path = format!("/v2/images/{id}");
            stage.cloud.faults().add(Rule::new(Service::Image, "DELETE", &path, conflict));

            user.click("button", "Delete 2 of 3").await?;
            user.see("heading", "Delete 2 images?").await?;
            user.click("button", "Delete 2 images").await?;
            user.read("1 failed").await?;
            user.read("Image is in use").await?;
            user.read("req-").await?;
            stage.cloud.faults().clear();
            user.click("button", "Try the 1 again").await?;
            user.gone("heading", "Delete 2 images?").await?;
            user.gone("link", "web-1-before-upgrade").await?;
            user.gone("link", "upload-that-was-broken-off").await?;
            // What could not be deleted is still there, and still chosen.
            user.see("link", "erp-golden-2026.10").await?;
            user.read("1 selected").await?;
            user.click("button", "Unprotect").await?;
            user.click("button", "Unprotect 1 image").await?;
            user.read("Unprotected 1 image").await
        },
    )
    .await
}

#[tokio::test]
async fn an_offered_image_is_accepted_in_its_row_and_another_rejected() -> Outcome {
    journey(
        "offers",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.read("1 to accept").await?;
            user.click("link", like("Shared with me")).await?;
            user.read("Offered").await?;
            user.click("button", "Accept nordic-base-9").await?;
            user.see("link", "Launch nordic-base-9").await?;
            user.no_longer_read("to accept").await?;
            user.click("checkbox", "Select nordic-base-8").await?;
            user.click("button", "More for the selected images").await?;
            user.click("button", "Reject").await?;
            user.click("button", "Reject 1 image").await?;
            user.see("button", "Accept nordic-base-8").await?;
            user.read("Rejected").await?;
            user.click("link", like("All")).await?;
            user.see("link", "nordic-base-9").await?;
            user.gone("link", "nordic-base-8").await
        },
    )
    .await
}

/// An image whose data is on the way, until the rest is sent.
async fn half_sent(stage: &Stage, name: &str) -> Result<TcpStream, Trouble> {
    let api = stage.api().await?;
    let token = api.token();
    let origin = stage.cloud.url().trim_end_matches('/').to_owned();
    let id = api.make_image(name).await?;
    let host = origin.strip_prefix("http://").ok_or("no http")?;
    let mut wire = TcpStream::connect(host).await?;
    let head = format!(
        "PUT /image/v2/images/{id}/file HTTP/1.1\r\nHost: {host}\r\nX-Auth-Token: {token}\r\nContent-Type: application/octet-stream\r\nContent-Length: 8192\r\n\r\n"
    );
    wire.write_all(head.as_bytes()).await?;
    wire.write_all(&[7; 4096]).await?;
    wire.flush().await?;
    Ok(wire)
}

#[tokio::test]
async fn looking_again_moves_neither_focus_nor_scroll() -> Outcome {
    journey(
        "still",
        |options| options.seed_images = 300,
        async |stage| {
            let user = &stage.user;
            let mut wire = half_sent(stage, "arriving").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images?sort=name").await?;
            user.see("link", "arriving").await?;
            user.read("Saving").await?;
            user.no_longer_read("so far").await?;
            focus_on_row(user, "arriving").await?;
            for _ in 0..20 {
                press(user, Key::Down).await?;
            }
            let before = focus(user).await?;
            let scrolled = async || -> Result<i64, Trouble> {
                let y = user.driver().execute("return Math.round(scrollY)", vec![]).await?;
                Ok(y.convert::<i64>()?)
            };
            let y = scrolled().await?;
            assert!(before.1 > 20 && y > 0, "{before:?} at {y}");
            // One that comes above does not push away what is looked at.
            let top = async || -> Result<i64, Trouble> {
                let script =
                    "return Math.round(document.activeElement.getBoundingClientRect().top)";
                Ok(user.driver().execute(script, vec![]).await?.convert::<i64>()?)
            };
            let at = top().await?;
            stage.api().await?.make_image("aaa-new").await?;
            user.until("the same image a row further", async || {
                Ok(focus(user).await? == (before.0.clone(), before.1 + 1) && top().await? == at)
            })
            .await?;
            let (before, y) = (focus(user).await?, scrolled().await?);
            wire.write_all(&[7; 4096]).await?;
            wire.flush().await?;
            user.no_longer_read("Saving").await?;
            assert_eq!(focus(user).await?, before);
            assert_eq!(scrolled().await?, y);
            Ok(())
        },
    )
    .await
}

/// Where the page is scrolled to.
async fn scrolled(user: &User) -> Result<i64, Trouble> {
    let y = user.driver().execute("return Math.round(scrollY)", vec![]).await?;
    Ok(y.convert::<i64>()?)
}

#[tokio::test]
async fn going_back_finds_the_list_as_it_was_left() -> Outcome {
    journey(
        "back",
        |options| options.seed_images = 3000,
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images?sort=name").await?;
            user.see("link", like("alma")).await?;
            user.no_longer_read("so far").await?;
            let first = user
                .driver()
                .execute(
                    "return document.querySelector('[aria-rowindex=\"2\"] a').textContent",
                    vec![],
                )
                .await?;
            focus_on_row(user, &first.convert::<String>()?).await?;
            for _ in 0..30 {
                press(user, Key::PageDown).await?;
            }
            let left = focus(user).await?;
            assert!(left.1 > 300, "{left:?}");
            let y = scrolled(user).await?;

            press(user, Key::Enter).await?;
            user.see("heading", left.0.as_str()).await?;
            // Nothing is fetched anew before the list is there.
            let delay = Action::Delay { ms: 600_000 };
            stage.cloud.faults().add(Rule::new(Service::Image, "GET", "/v2/images", delay));
            user.driver().back().await?;
            let same =
                async || Ok(focus(user).await? == left && (scrolled(user).await? - y).abs() <= 1);
            user.until("the row that was left, where it was", same).await?;

            press(user, Key::Enter).await?;
            user.see("heading", left.0.as_str()).await?;
            let crumb = By::XPath("//nav[@aria-label='Breadcrumb']//a[.='Images']");
            user.driver().find(crumb).await?.click().await?;
            user.until("the same by the link", same).await?;
            user.at("the same view", |path| path == "/images?sort=name").await
        },
    )
    .await
}

#[tokio::test]
async fn a_list_that_breaks_off_shows_what_came_and_why_no_more() -> Outcome {
    journey(
        "broken-off",
        |options| options.seed_images = 1500,
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", like("debian-12")).await?;
            let away = Action::Status {
                status: 503,
                message: "Away.".into(),
                headers: Default::default(),
            };
            // The first page, offers, rejected and hidden ones come; the second page does not.
            let rule = Rule::new(Service::Image, "GET", "/v2/images", away).from_nth(5);
            stage.cloud.faults().add(rule);
            user.open("/images?sort=name").await?;
            user.see("button", "Try again").await?;
            user.read("and more that did not come").await?;
            user.see("columnheader", "Name").await?;
            stage.cloud.faults().clear();
            user.click("button", "Try again").await?;
            user.gone("button", "Try again").await?;
            user.no_longer_read("did not come").await
        },
    )
    .await
}
