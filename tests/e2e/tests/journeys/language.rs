//! Swedish beside English: chosen by a person, kept over a reload, with figures as they are written there; what is typed is
//! not lost unasked, and whoever reads English fetches no catalogue.

use slipway_e2e::{Outcome, Trouble, User, journey, like};

#[tokio::test]
async fn swedish_is_chosen_kept_and_left_again() -> Outcome {
    journey(
        "swedish",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.open("/").await?;
            user.see("heading", "Sign in to Slipway").await?;
            assert_eq!(spoken(user).await?, "en");
            assert!(!fetched_words(user).await?, "English needs no catalogue");

            user.click("button", "Svenska").await?;
            user.see("heading", "Logga in på Slipway").await?;
            assert_eq!(spoken(user).await?, "sv");
            assert!(fetched_words(user).await?, "the catalogue was fetched");
            user.fill("Användare", "demo").await?;
            // Typed words are asked about before the page is loaded anew.
            user.click("button", "English").await?;
            user.see("heading", "Läsa in sidan på nytt på det andra språket?").await?;
            user.click("button", "Stanna kvar").await?;
            assert_eq!(user.value("Användare").await?, "demo");

            user.fill("Lösenord", "fel").await?;
            user.click("button", "Logga in").await?;
            user.read("Fel användare, lösenord eller domän").await?;
            user.fill("Lösenord", "demo-secret").await?;
            user.click("button", "Logga in").await?;
            user.see("heading", "Välj projekt").await?;
            user.click("button", "demo").await?;
            user.see("heading", "Avbilder").await?;
            user.until("a size with a comma", async || {
                Ok(has_decimal_comma(&user.page_text().await?))
            })
            .await?;

            user.driver().refresh().await?;
            user.see("heading", "Avbilder").await?;
            user.click("button", like("Inloggad till kl.")).await?;
            user.click("button", "English").await?;
            user.see("heading", "Images").await?;
            assert_eq!(spoken(user).await?, "en");
            Ok(())
        },
    )
    .await
}

/// "21,7 MB", "1,5 GiB".
fn has_decimal_comma(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.iter().zip(words.iter().skip(1)).any(|(figure, unit)| {
        let comma = figure.split_once(',').is_some_and(|(whole, tenths)| {
            [whole, tenths].iter().all(|digits| digits.parse::<u32>().is_ok())
        });
        comma && ["kB", "MB", "GB", "MiB", "GiB"].contains(unit)
    })
}

async fn spoken(user: &User) -> Result<String, Trouble> {
    let lang = user.driver().execute("return document.documentElement.lang", vec![]).await?;
    Ok(lang.convert()?)
}

async fn fetched_words(user: &User) -> Result<bool, Trouble> {
    let script = "return performance.getEntriesByType('resource').some(entry => /\\/sv-[0-9a-f]+\\.json$/.test(entry.name))";
    Ok(user.driver().execute(script, vec![]).await?.convert()?)
}
