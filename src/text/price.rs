//! What storing images costs, from the configuration's price.

use super::{format, tr, tr_with};
use crate::config::Price;

/// Hours of the month that prices are told for.
const HOURS: f64 = 30.0 * 24.0;
/// The configuration's price is for one of these, in bytes.
const GB: f64 = 1e9;

/// What storing so much costs: "0.024 SEK/h" and "17 SEK / 30 days".
pub fn of_storing(size_bytes: u64, price: &Price) -> (String, String) {
    // Exact enough: below 2^53 bytes.
    let hour = size_bytes as f64 / GB * price.image_gb_hour;
    let currency = &price.currency;
    (
        tr_with("{price} {currency}/h", &[("price", &money(hour)), ("currency", currency)]),
        tr_with(
            "{price} {currency} / 30 days",
            &[("price", &money(hour * HOURS)), ("currency", currency)],
        ),
    )
}

/// Two digits that count: "0.0012", "0.024", "1.7", "17", "1240".
fn money(amount: f64) -> String {
    let text = match amount {
        a if a <= 0.0 => "0".to_owned(),
        a if a >= 10.0 => format!("{a:.0}"),
        a if a >= 1.0 => format!("{a:.1}"),
        a if a >= 0.1 => format!("{a:.2}"),
        a if a >= 0.01 => format!("{a:.3}"),
        a if a >= 0.000_05 => format!("{a:.4}"),
        _ => return format!("{} {}", tr("under"), written("0.0001")),
    };
    written(&text)
}

fn written(number: &str) -> String {
    number.replace('.', format::decimal_mark().encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::super::language::{Language, speak};
    use super::*;

    #[test]
    fn small_sums_keep_digits_that_count() {
        let check = |size_bytes: u64, hour: &str, month: &str| {
            let price = Price { image_gb_hour: 0.0012, currency: "SEK".into() };
            assert_eq!(of_storing(size_bytes, &price), (hour.to_owned(), month.to_owned()));
        };
        check(20_000_000_000, "0.024 SEK/h", "17 SEK / 30 days");
        check(200_000_000, "0.0002 SEK/h", "0.17 SEK / 30 days");
        check(0, "0 SEK/h", "0 SEK / 30 days");
    }

    #[test]
    fn swedish_sums_have_a_comma() {
        let words = serde_json::from_str(include_str!("../../public/locales/sv.json")).unwrap();
        assert!(speak(Language::Swedish, words));
        let price = Price { image_gb_hour: 0.0012, currency: "SEK".into() };
        let (hour, month) = of_storing(1_500_000_000, &price);
        assert_eq!((hour.as_str(), month.as_str()), ("0,0018 SEK/tim", "1,3 SEK / 30 dagar"));
    }
}
