mod canary;
mod case;
mod property;
mod remote;
mod support;
