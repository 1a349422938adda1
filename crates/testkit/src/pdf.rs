//! Reads the text of a PDF as a program of somebody else would: page by page, through the table by which each font says
//! which letters its shapes stand for. It knows as much of the format as files of this project use.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test that cannot read a file must fail at once"
)]

use flate2::read::ZlibDecoder;
use std::collections::BTreeMap;
use std::io::Read;

/// What a code of a font stands for.
type Letters = BTreeMap<u16, String>;

/// A file with its objects by number.
struct File {
    objects: BTreeMap<u32, Object>,
}

/// An object: what is said of it, and its stream unpacked.
struct Object {
    head: String,
    stream: Vec<u8>,
}

/// The texts of a document's pages; each piece that was drawn by itself is a line.
///
/// # Panics
/// Where the file is not as expected.
pub fn pages(file: &[u8]) -> Vec<String> {
    assert!(file.starts_with(b"%PDF-"), "not a PDF");
    let file = File::read(file);
    let list = file.objects.values().find(|object| object.head.contains("/Kids"));
    let list = list.expect("a list of pages");
    let kids = list.head.split("/Kids").nth(1).expect("pages").split(']').next().expect("a list");
    references(kids).into_iter().map(|page| file.page(page)).collect()
}

/// What the file says of itself: title, language and conformance, as they stand in its metadata.
///
/// # Panics
/// Where it has none.
pub fn metadata(file: &[u8]) -> String {
    let file = File::read(file);
    let found =
        file.objects.values().find(|object| object.head.contains("/Metadata") && !object.stream.is_empty());
    String::from_utf8(found.expect("metadata").stream.clone()).expect("text")
}

impl File {
    fn read(bytes: &[u8]) -> Self {
        let mut objects = BTreeMap::new();
        let mut at = 0;
        while let Some(found) = find(bytes, b" 0 obj", at) {
            let digits = bytes[..found].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
            let number = text(&bytes[found - digits..found]).parse().expect("a number");
            let start = found + b" 0 obj".len();
            let end = find(bytes, b"endobj", start).expect("an end");
            let (object, next) = Object::read(bytes, start, end);
            objects.insert(number, object);
            at = next;
        }
        Self { objects }
    }

    fn page(&self, number: u32) -> String {
        let page = &self.objects[&number];
        let after = |key: &str, head: &str| {
            head.split(key).nth(1).unwrap_or_else(|| panic!("{key} in {head}")).to_owned()
        };
        let mut resources = after("/Resources", &page.head);
        if !resources.trim_start().starts_with("<<") {
            resources.clone_from(&self.objects[&references(&resources)[0]].head);
        }
        let mut fonts = after("/Font", &resources);
        if !fonts.trim_start().starts_with("<<") {
            fonts.clone_from(&self.objects[&references(&fonts)[0]].head);
        }
        let fonts = fonts.split(">>").next().expect("fonts").replace("<<", "");
        let fonts: BTreeMap<String, Letters> = fonts
            .split('/')
            .filter_map(|font| font.trim().split_once(' '))
            .map(|(name, object)| (name.to_owned(), self.letters(references(object)[0])))
            .collect();
        let contents = references(&after("/Contents", &page.head))[0];
        drawn(&self.objects[&contents].stream, &fonts)
    }

    fn letters(&self, font: u32) -> Letters {
        let head = &self.objects[&font].head;
        let table = references(head.split("/ToUnicode").nth(1).expect("a table of letters"))[0];
        let table = text(&self.objects[&table].stream);
        let mut letters = Letters::new();
        for part in table.split("beginbfchar").skip(1) {
            let rows = part.split("endbfchar").next().expect("an end").lines();
            for row in rows.filter_map(|row| row.trim().split_once("> <")) {
                let code = u16::from_str_radix(row.0.trim_start_matches('<'), 16).expect("a code");
                letters.insert(code, utf16(&hex(row.1.trim_end_matches('>'))));
            }
        }
        letters
    }
}

impl Object {
    fn read(bytes: &[u8], start: usize, end: usize) -> (Self, usize) {
        let Some(begun) = find(bytes, b"stream", start).filter(|begun| *begun < end) else {
            return (Self { head: text(&bytes[start..end]), stream: Vec::new() }, end);
        };
        let head = text(&bytes[start..begun]);
        let length = head.split("/Length").nth(1).expect("a length").trim_start();
        let length: usize =
            length.split(|c: char| !c.is_ascii_digit()).next().expect("a number").parse().expect("a length");
        let from = begun + b"stream".len() + if bytes[begun + 6] == b'\r' { 2 } else { 1 };
        let packed = &bytes[from..from + length];
        let mut stream = packed.to_vec();
        if head.contains("/Filter") {
            stream.clear();
            ZlibDecoder::new(packed).read_to_end(&mut stream).expect("a packed stream");
        }
        (Self { head, stream }, from + length)
    }
}

/// The words that a content stream draws.
fn drawn(stream: &[u8], fonts: &BTreeMap<String, Letters>) -> String {
    let mut said = String::new();
    let mut letters = &Letters::new();
    let mut at = 0;
    let mut word = String::new();
    let mut name = String::new();
    // Whether the letters were told already, in place of what the shapes stand for one by one.
    let mut told = false;
    while at < stream.len() {
        match stream[at] {
            b'<' if stream.get(at + 1) == Some(&b'<') => at += 2,
            b'(' | b'<' => {
                let (codes, next) = string(stream, at);
                if word == "/ActualText" {
                    said.push_str(&utf16(codes.get(2..).expect("a mark of order")));
                    told = true;
                } else if !told {
                    spell(&mut said, letters, &codes);
                }
                word.clear();
                at = next;
            }
            // A name needs no blank before it.
            byte if byte.is_ascii_whitespace()
                || b"[]>".contains(&byte)
                || (byte == b'/' && !word.is_empty()) =>
            {
                match word.as_str() {
                    "Tf" => letters = fonts.get(&name).expect("a font that is there"),
                    "ET" => said.push('\n'),
                    "EMC" => told = false,
                    word if word.starts_with('/') => word[1..].clone_into(&mut name),
                    _ => {}
                }
                word.clear();
                at += usize::from(byte != b'/');
            }
            byte => {
                word.push(char::from(byte));
                at += 1;
            }
        }
    }
    said
}

fn spell(said: &mut String, letters: &Letters, codes: &[u8]) {
    for code in codes.chunks(2).filter(|code| code.len() == 2) {
        let code = u16::from_be_bytes([code[0], code[1]]);
        said.push_str(letters.get(&code).map_or("\u{fffd}", String::as_str));
    }
}

/// A string in parentheses or in digits, and where it ends.
fn string(stream: &[u8], at: usize) -> (Vec<u8>, usize) {
    if stream[at] == b'(' {
        return literal(stream, at + 1);
    }
    let end = find(stream, b">", at).expect("an end");
    (hex(&text(&stream[at + 1..end])), end + 1)
}

/// A string in parentheses, and where it ends.
fn literal(stream: &[u8], mut at: usize) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut depth = 1;
    loop {
        match stream[at] {
            b'\\' => {
                at += 1;
                let digits =
                    stream[at..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                if digits > 0 {
                    let octal = u16::from_str_radix(&text(&stream[at..at + digits]), 8).expect("octal");
                    bytes.push(u8::try_from(octal & 0xff).expect("a byte"));
                    at += digits - 1;
                } else {
                    bytes.push(match stream[at] {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'b' => 8,
                        b'f' => 12,
                        other => other,
                    });
                }
            }
            b'(' => {
                depth += 1;
                bytes.push(b'(');
            }
            b')' if depth == 1 => return (bytes, at + 1),
            b')' => {
                depth -= 1;
                bytes.push(b')');
            }
            byte => bytes.push(byte),
        }
        at += 1;
    }
}

fn references(text: &str) -> Vec<u32> {
    let words: Vec<&str> =
        text.split([' ', '\n', '[', ']', '/', '<', '>']).filter(|word| !word.is_empty()).collect();
    let three = words.windows(3).filter(|three| three[1] == "0" && three[2].starts_with('R'));
    three.filter_map(|three| three[0].parse().ok()).collect()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| {
        let pair = String::from_utf8(pair.to_vec()).expect("digits");
        u8::from_str_radix(&pair, 16).expect("a byte")
    };
    digits.chunks(2).map(byte).collect()
}

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| at + from)
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
    String::from_utf16(&units).expect("letters")
}
