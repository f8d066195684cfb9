//! The images: list, address, protection, deletion, trouble on screens.

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use slipway_e2e::{Outcome, Trouble, User, journey, like};

fn status(status: u16) -> Action {
    Action::Status { status, message: "Injected for the test.".into(), headers: Default::default() }
}

#[tokio::test]
async fn tabs_search_and_sort_live_in_the_address() -> Outcome {
    journey(
        "list",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", like("debian-12")).await?;
            user.click("link", like("Public")).await?;
            user.gone("link", "erp-golden-2026.10").await?;
            user.fill("Search images", "windows").await?;
            user.gone("link", like("ubuntu")).await?;
            user.see("link", like("windows-server-2025")).await?;
            user.at("the search in the address", |path| path.contains("windows")).await?;
            user.driver().refresh().await?;
            user.see("link", like("windows-server-2025")).await?;
            assert_eq!(user.value("Search images").await?, "windows");

            user.click("link", like("windows-server-2025")).await?;
            user.see("heading", like("windows-server-2025")).await?;
            user.driver().back().await?;
            user.see("link", like("windows-server-2025")).await?;
            assert_eq!(user.value("Search images").await?, "windows");
            user.gone("link", like("ubuntu")).await
        },
    )
    .await
}

#[tokio::test]
async fn a_protected_image_is_deleted_only_after_unprotecting() -> Outcome {
    journey(
        "protected",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            let actions = like("Actions for erp-golden-2026.10");
            user.click("button", actions.clone()).await?;
            let delete = user.see("button", like("Delete")).await?;
            assert_eq!(delete.attr("aria-disabled").await?.as_deref(), Some("true"));
            user.read("Protected. Unprotect it first.").await?;
            user.click("button", "Unprotect").await?;
            user.read("can be deleted again").await?;
            user.click("button", actions).await?;
            user.click("button", like("Delete")).await?;
            user.see("heading", "Delete erp-golden-2026.10?").await?;
            user.click("button", "Delete image").await?;
            user.gone("link", "erp-golden-2026.10").await?;
            user.driver().refresh().await?;
            user.see("link", like("debian-12")).await?;
            user.gone("link", "erp-golden-2026.10").await
        },
    )
    .await
}

#[tokio::test]
async fn a_reader_sees_why_nothing_can_be_changed() -> Outcome {
    journey(
        "reader",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("viewer", "demo-secret", "demo").await?;
            user.click("button", like("Actions for web-1-before-upgrade")).await?;
            let delete = user.see("button", like("Delete")).await?;
            assert_eq!(delete.attr("aria-disabled").await?.as_deref(), Some("true"));
            user.read("your role there is reader").await?;
            user.open("/images/create").await?;
            let create = user.see("button", "Create image").await?;
            assert_eq!(create.attr("aria-disabled").await?.as_deref(), Some("true"));
            user.read("your role there is reader").await
        },
    )
    .await
}

#[tokio::test]
async fn an_image_that_is_not_there_is_said_in_words() -> Outcome {
    journey(
        "not-there",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/00000000-0000-4000-8000-000000000000").await?;
            user.read("There is no image with this id").await
        },
    )
    .await
}

/// The list fails with this status; the page says so in words with a request id and recovers by "Try again".
async fn check_list_error(status_code: u16, words: &str) -> Outcome {
    journey(
        &format!("list-{status_code}"),
        |_| {},
        async |stage| {
            let user = &stage.user;
            let rule = Rule::new(Service::Image, "GET", "/v2/images", status(status_code));
            stage.cloud.faults().add(rule);
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.read(words).await?;
            user.read("req-").await?;
            stage.cloud.faults().clear();
            user.click("button", "Try again").await?;
            user.see("link", like("debian-12")).await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_failing_list_says_so_and_recovers() -> Outcome {
    check_list_error(500, "failed (500)").await
}

#[tokio::test]
async fn a_forbidden_list_says_so_and_recovers() -> Outcome {
    check_list_error(403, "does not allow it (403)").await
}

async fn waits_for_sign_in(user: &User) -> Result<(), Trouble> {
    user.read("Sign in again as demo").await?;
    user.fill("Password", "demo-secret").await?;
    user.click("button", "Sign in").await
}

#[tokio::test]
async fn an_expired_token_asks_over_the_page_and_the_page_goes_on() -> Outcome {
    journey(
        "expiry",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.fill("Name", "half-typed").await?;
            stage.cloud.clock().shift(std::time::Duration::from_secs(2 * 3600));
            // Asking whether the name is taken is the first call that is refused.
            user.fill("Name", "half-typed-more").await?;
            waits_for_sign_in(user).await?;
            user.no_longer_read("Sign in again as demo").await?;
            assert_eq!(user.value("Name").await?, "half-typed-more");
            user.click("link", "Images").await?;
            user.see("link", like("debian-12")).await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_cloud_that_refuses_every_token_is_not_asked_for_ever() -> Outcome {
    journey(
        "always-401",
        |_| {},
        async |stage| {
            let user = &stage.user;
            stage.cloud.faults().add(Rule::new(Service::Image, "GET", "/v2/images", status(401)));
            user.sign_in("demo", "demo-secret", "demo").await?;
            waits_for_sign_in(user).await?;
            user.read("does not accept the sign-in (401)").await
        },
    )
    .await
}
