//! Plain frozen objects, made field by field.
//!
//! Keys and words of ours are turned into JavaScript strings once and kept: making one costs more than setting the field.
//! A serializer does the same in more code.

use std::cell::RefCell;

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use crate::machine::digest_table::DigestTable;

#[wasm_bindgen]
extern "C" {
    type Plain;
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn put(this: &Plain, key: &JsValue, value: &JsValue);
}

#[derive(Default)]
struct Words {
    /// By address and length, since one word may begin where another does: one that the compiler keeps twice is made twice.
    places: DigestTable,
    made: Vec<JsValue>,
}

thread_local! {
    static WORDS: RefCell<Words> = RefCell::default();
}

/// Lends a word of ours as a JavaScript string.
#[inline(never)]
fn with_word<T>(text: &'static str, with: impl FnOnce(&JsValue) -> T) -> T {
    WORDS.with_borrow_mut(|Words { places, made }| {
        let address = (text.as_ptr().addr() as u128) << 32 | text.len() as u128;
        let known = places.get(address).and_then(|place| made.get(usize::try_from(place).ok()?));
        if let Some(known) = known {
            return with(known);
        }
        let word = JsValue::from_str(text);
        let result = with(&word);
        places.insert(address, made.len() as u64);
        made.push(word);
        result
    })
}

/// A word of ours as a JavaScript string.
pub(super) fn word(text: &'static str) -> JsValue {
    with_word(text, JsValue::clone)
}

/// An object with these fields, frozen.
#[inline(never)]
pub(super) fn object(fields: &[(&'static str, JsValue)]) -> JsValue {
    let object = open_object(fields);
    freeze(&object);
    object
}

/// Lets nothing change in an object any more.
#[inline(never)]
pub(super) fn freeze(object: &JsValue) {
    Object::freeze(object.unchecked_ref::<Object>());
}

/// An object with these fields, to which more may be added.
#[inline(never)]
pub(super) fn open_object(fields: &[(&'static str, JsValue)]) -> JsValue {
    let object: JsValue = Object::new().into();
    extend(&object, fields);
    object
}

/// Sets fields of an object.
#[inline(never)]
pub(super) fn extend(object: &JsValue, fields: &[(&'static str, JsValue)]) {
    for (key, value) in fields {
        with_word(key, |key| object.unchecked_ref::<Plain>().put(key, value));
    }
}

/// A list, frozen.
pub(super) fn list(items: impl Iterator<Item = JsValue>) -> JsValue {
    let list = Array::new();
    for item in items {
        list.push(&item);
    }
    freeze(&list);
    list.into()
}

/// The value, or `null`.
pub(super) fn or_null(value: Option<JsValue>) -> JsValue {
    value.unwrap_or(JsValue::NULL)
}
