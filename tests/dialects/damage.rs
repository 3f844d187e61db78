//! Bodies with one thing wrong with them.

use serde_json::Value;

/// Calls `with` for every version of `body` in which one bit is flipped.
pub(crate) fn flip_each(mut body: Vec<u8>, with: &dyn Fn(&[u8])) {
    for place in 0..body.len() {
        for bit in 0..8 {
            let flip = |body: &mut Vec<u8>| *body.get_mut(place).expect("within") ^= 1 << bit;
            flip(&mut body);
            with(&body);
            flip(&mut body);
        }
    }
}

/// Calls `with` for every version of `value` in which one part of it, at any depth, is `other`.
pub(crate) fn replace_each(value: &Value, other: &Value, with: &mut dyn FnMut(&Value)) {
    let pointers = pointers(value, String::new());
    for pointer in pointers {
        let mut changed = value.clone();
        *changed.pointer_mut(&pointer).expect("a pointer into it") = other.clone();
        with(&changed);
    }
}

fn pointers(value: &Value, at: String) -> Vec<String> {
    let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
    let below: Vec<String> = match value {
        Value::Object(object) => {
            object.iter().flat_map(|(key, value)| pointers(value, format!("{at}/{}", escape(key)))).collect()
        }
        Value::Array(list) => {
            list.iter().enumerate().flat_map(|(index, value)| pointers(value, format!("{at}/{index}"))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    std::iter::once(at).chain(below).collect()
}
