//! The names of months, days, eras and halves of the day, as JDK 17 has them from CLDR.

use crate::encode::calendar::{DAYS, MONTHS};

/// The names of one language.
#[derive(Debug)]
pub(super) struct Names {
    pub months: [&'static str; 12],
    pub short_months: [&'static str; 12],
    /// From Sunday.
    pub days: [&'static str; 7],
    pub short_days: [&'static str; 7],
    pub eras: [&'static str; 2],
    pub halves: [&'static str; 2],
}

impl Names {
    /// The names of a language.
    ///
    /// # Errors
    /// A reason, for a language without names here.
    pub fn of(language: &str) -> Result<&'static Names, String> {
        match language {
            "en" => Ok(&ENGLISH),
            "de" => Ok(&GERMAN),
            "fr" => Ok(&FRENCH),
            "tr" => Ok(&TURKISH),
            other => Err(format!(
                "the names of the language `{other}` are not supported"
            )),
        }
    }
}

static ENGLISH: Names = Names {
    months: MONTHS,
    short_months: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    days: DAYS,
    short_days: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    eras: ["BC", "AD"],
    halves: ["AM", "PM"],
};

static GERMAN: Names = Names {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    short_months: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
        "Dez.",
    ],
    days: [
        "Sonntag",
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
    ],
    short_days: ["So.", "Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa."],
    eras: ["v. Chr.", "n. Chr."],
    halves: ["AM", "PM"],
};

static FRENCH: Names = Names {
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    short_months: [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ],
    days: [
        "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
    ],
    short_days: ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
    eras: ["av. J.-C.", "ap. J.-C."],
    halves: ["AM", "PM"],
};

static TURKISH: Names = Names {
    months: [
        "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim",
        "Kasım", "Aralık",
    ],
    short_months: [
        "Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara",
    ],
    days: [
        "Pazar",
        "Pazartesi",
        "Salı",
        "Çarşamba",
        "Perşembe",
        "Cuma",
        "Cumartesi",
    ],
    short_days: ["Paz", "Pzt", "Sal", "Çar", "Per", "Cum", "Cmt"],
    eras: ["MÖ", "MS"],
    halves: ["ÖÖ", "ÖS"],
};
