//! The help in Chinese. Names of commands, options and values stay as they are; so does what the parser itself adds.
//!
//! The table is keyed by the English text, which stands at the argument. A test finds what has no translation.

mod table;

use clap::builder::StyledStr;
use clap::{Arg, Command};

use self::table::TABLE;

/// The whole command line with its help in Chinese.
pub(super) fn help(mut english: Command) -> Command {
    // Now, so that `--help`, `--version` and `help` are there to be translated, too.
    english.build();
    command(english)
}

fn command(mut command: Command) -> Command {
    if let Some((about, long)) = command.get_about().and_then(translated) {
        command = command.about(about);
        if !long.is_empty() {
            command = command.long_about(format!("{about}\n\n{long}"));
        }
    }
    command
        .help_template("{before-help}{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .mut_args(arg)
        .mut_subcommands(self::command)
}

fn arg(arg: Arg) -> Arg {
    let heading = match arg.get_help_heading() {
        Some("On site") => "现场",
        Some("Online") => "线上",
        Some(other) => return arg.clone().help_heading(other.to_owned()),
        None if arg.is_positional() => "参数",
        None => "选项",
    };
    let arg = arg.help_heading(heading);
    match arg.get_help().and_then(translated) {
        Some((help, "")) => arg.help(help),
        Some((help, long)) => arg.help(help).long_help(format!("{help}\n\n{long}")),
        None => arg,
    }
}

fn translated(english: &StyledStr) -> Option<(&'static str, &'static str)> {
    let english = english.to_string();
    TABLE.iter().find(|(text, ..)| *text == english).map(|(_, help, long)| (*help, *long))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Cli;

    fn untranslated(command: &Command, found: &mut Vec<String>) {
        let texts = command.get_arguments().filter_map(Arg::get_help).chain(command.get_about());
        found.extend(texts.filter(|text| translated(text).is_none()).map(ToString::to_string));
        for command in command.get_subcommands() {
            untranslated(command, found);
        }
    }

    #[test]
    fn every_help_text_has_its_chinese() {
        let mut command = Cli::command();
        command.build();
        let mut found = Vec::new();
        untranslated(&command, &mut found);
        found.sort();
        found.dedup();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }

    #[test]
    fn the_chinese_command_line_takes_what_the_english_one_takes() {
        let command = || help(Cli::command());
        assert!(
            command().try_get_matches_from(["realname", "--lang", "zh", "policy", "list", "--json"]).is_ok()
        );
        let error = command().try_get_matches_from(["realname", "attest", "--help"]).unwrap_err();
        let text = error.render().to_string();
        assert!(text.contains("用法：realname attest") && text.contains("现场"), "{text}");
        assert!(!text.contains("Options:"), "{text}");
    }
}
