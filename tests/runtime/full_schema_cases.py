"""Schemas of one property `p`, which must be there, and the lines that the full mode writes for it; made by hand."""

from __future__ import annotations

from typing import Any, TypeAlias

__all__ = ["ARRAYS", "COMMENTS", "JOINED", "KINDS", "NULL", "OBJECTS", "UNUSED", "VALUES", "Case"]

Case: TypeAlias = "tuple[Any, list[str]]"

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
OBJECT = {"type": "object", "properties": {"a": TEXT}}
KINDS: list[Case] = [
    (TEXT, ["p: string,"]),
    ({"type": "integer"}, ["p: number, // integer"]),
    ({"type": "null"}, ["p: null,"]),
    ({"type": ["string", "null"]}, ["p: string | null,"]),
    ({"type": ["integer", "string"]}, ["p: number | string, // integer"]),
    ({"type": ["object", "array"]}, ["p: object | Array<any>,"]),
    ({"type": ["array", "null"], "items": TEXT}, ["p: string[] | null,"]),
    ({"type": ["object", "null"], "properties": {"a": TEXT}}, ["p: {", "    a?: string,", "    } | null,"]),
    ({}, ["p: any,"]),
    (True, ["p: any,"]),
    (False, ["p: never,"]),
    ({"properties": {"a": TEXT}}, ["p: {", "    a?: string,", "    },"]),
    ({"items": TEXT}, ["p: string[],"]),
]

VALUES: list[Case] = [
    ({"type": "string", "enum": ["a", 'q"\\', "l\nm"]}, ['p: "a" | "q\\"\\\\" | "l\\nm",']),
    ({"type": "integer", "enum": [1, 2]}, ["p: 1 | 2,"]),
    ({"enum": ["a", 1, 1.5, True, None]}, ['p: "a" | 1 | 1.5 | true | null,']),
    ({"enum": [{"k": [1]}, []]}, ['p: {"k":[1]} | [],']),
    ({"enum": []}, ["p: never,"]),
    ({"const": "x"}, ['p: "x",']),
    ({"const": None}, ["p: null,"]),
    ({"const": {"k": "v\u2028"}}, ['p: {"k":"v\\u2028"},']),
    ({"type": "string", "enum": ["a", 1]}, ['p: "a" | 1, // type: "string"']),
    ({"type": ["string", "null"], "enum": ["a", None]}, ['p: "a" | null,']),
    ({"enum": [{}], "required": ["a"]}, ['p: {}, // required: ["a"]']),
]

NULL: list[Case] = [
    ({"type": ["number", "integer"]}, ["p: number | number,"]),
    ({"type": "string", "nullable": True}, ["p: string | null,"]),
    ({"type": "string", "nullable": False}, ["p: string,"]),
    ({"type": "string", "enum": ["nullish"], "nullable": True}, ['p: "nullish" | null,']),
    ({"nullable": True}, ["p: any | null,"]),
    (
        {"anyOf": [{"type": "string", "maxLength": 4, "description": "S"}, {"type": "null"}]},
        ["// S", "p: string | null, // maxLength: 4"],
    ),
    ({"anyOf": [OBJECT, {"type": "null"}]}, ["p: {", "    a?: string,", "    } | null,"]),
    ({"oneOf": [TEXT, NUMBER], "nullable": True}, ["p:", " | string", " | number", " | null", ","]),
]

JOINED: list[Case] = [
    (
        {"oneOf": [{"enum": ["a"], "nullable": True}, {"enum": ["b"], "nullable": True}]},
        ["// exactly one of these", "p:", ' | "a" | null', ' | "b" | null', ","],
    ),
    ({"anyOf": [TEXT, NUMBER]}, ["p: string | number,"]),
    ({"anyOf": [{"type": "string", "description": "S"}, NUMBER]}, ["p:", " | string // S", " | number", ","]),
    (
        {"oneOf": [TEXT, {"type": "integer", "default": 1}]},
        ["p:", " | string", " | number // integer, default: 1", ","],
    ),
    (
        {"oneOf": [TEXT, {"type": "string", "pattern": "x"}]},
        ["// exactly one of these", "p:", " | string", ' | string // pattern: "x"', ","],
    ),
    (
        {
            "oneOf": [{"const": 1, "title": "One"}, {"const": 2, "title": "Two", "description": "D"}],
            "type": "integer",
        },
        ["p:", " | 1 // One", "// Two", "//", "// D", " | 2", ","],
    ),
    (
        {"oneOf": [TEXT, {"oneOf": [NUMBER, {"type": "boolean"}]}]},
        ["p:", " | string", " | (", "    | number", "    | boolean", ")", ","],
    ),
    (
        {"allOf": [OBJECT, {"properties": {"b": NUMBER}, "required": ["b"]}]},
        ["p: {", "    a?: string,", "    } & {", "    b: number,", "    },"],
    ),
    (
        {"allOf": [{"type": ["string", "null"]}, {"anyOf": [TEXT, NUMBER]}]},
        ["p: (string | null) & (string | number),"],
    ),
    ({"allOf": [TEXT, {"minLength": 1}], "description": "D"}, ["// D", "p: string, // minLength: 1"]),
    (
        {"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"a": TEXT}},
        ["p: {", "    a?: string,", "    } & ({", "       a: any,", "       } | {", "       b: any,", "       }),"],
    ),
    (
        {"oneOf": [{"description": "P"}, NUMBER], "description": "P"},
        ["// P", "// exactly one of these", "p:", " | any", " | number", ","],
    ),
]

ARRAYS: list[Case] = [
    (
        {"type": "array", "items": {"type": "string", "enum": ["a"], "default": "a"}},
        ['p: "a"[], // items: default: "a"'],
    ),
    ({"type": "array"}, ["p: Array<any>,"]),
    ({"type": "array", "items": {"type": ["string", "null"]}}, ["p: (string | null)[],"]),
    ({"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}, ['p: ("a" | "b")[],']),
    ({"type": "array", "items": {"oneOf": [TEXT, NUMBER]}}, ["p: (", "     | string", "     | number", "    )[],"]),
    (
        {"type": "array", "items": {"allOf": [OBJECT, {"properties": {"b": NUMBER}}]}},
        ["p: ({", "    a?: string,", "    } & {", "    b?: number,", "    })[],"],
    ),
    (
        {"type": "array", "items": {"type": "array", "items": {"type": ["string", "null"]}}},
        ["p: (string | null)[][],"],
    ),
    (
        {
            "type": "array",
            "items": {"type": "string", "description": "One.\nOf many.", "maxLength": 3},
            "minItems": 1,
            "uniqueItems": True,
        },
        ["// items: One.", "// items: Of many.", "p: string[], // minItems: 1, uniqueItems, items: maxLength: 3"],
    ),
    ({"type": "array", "items": False}, ["p: [],"]),
    (
        {"type": "array", "items": {"type": "object", "description": "D", "properties": {"a": TEXT}}},
        ["// items: D", "p: {", "    a?: string,", "    }[],"],
    ),
    ({"type": "array", "prefixItems": [TEXT, NUMBER], "minItems": 2, "maxItems": 2}, ["p: [string, number],"]),
    (
        {"type": "array", "prefixItems": [TEXT, {"type": ["string", "null"]}], "minItems": 1},
        ["p: [string, (string | null)?, ...any[]],"],
    ),
    (
        {"type": "array", "prefixItems": [{"type": "string", "title": "T"}], "items": {"type": "integer"}},
        ["// [0]: T", "//", "p: [string?, ...number[]], // items: integer"],
    ),
    ({"type": "array", "items": [TEXT, NUMBER], "additionalItems": False}, ["p: [string?, number?],"]),
    (
        {"type": "array", "prefixItems": [TEXT], "items": False, "minItems": 3, "maxItems": 5},
        ["p: [string], // minItems: 3, maxItems: 5"],
    ),
]

OBJECTS: list[Case] = [
    ({"type": "object"}, ["p: {", "    },"]),
    (
        {
            "type": "object",
            "properties": {"x-y": TEXT, "2nd": TEXT, 'q"': TEXT, "new": TEXT, "名": TEXT, "$a": TEXT, "": TEXT},
        },
        [
            "p: {",
            '    "x-y"?: string,',
            '    "2nd"?: string,',
            '    "q\\""?: string,',
            "    new?: string,",
            "    名?: string,",
            "    $a?: string,",
            '    ""?: string,',
            "    },",
        ],
    ),
    (
        {"type": "object", "additionalProperties": False, "properties": {"a": TEXT}},
        ["p: {", "    a?: string,", "    // no other properties", "    },"],
    ),
    (
        {"type": "object", "additionalProperties": {"type": "string", "enum": ["a", "b"]}},
        ["p: {", '    [key: string]: "a" | "b",', "    },"],
    ),
    (
        {"type": "object", "additionalProperties": {"type": "integer", "description": "N"}},
        ["p: {", "    // N", "    [key: string]: number, // integer", "    },"],
    ),
    (
        {"type": "object", "patternProperties": {"^x-": NUMBER, "\\d": {"oneOf": [TEXT, NUMBER]}}},
        [
            "p: {",
            '    [key: string]: number, // keys match "^x-"',
            "    [key: string]: (",
            "     | string",
            "     | number",
            '    ), // keys match "\\\\d"',
            "    },",
        ],
    ),
    (
        {"type": "object", "required": ["a", "z"], "properties": {"a": TEXT}},
        ["p: {", "    a: string,", "    z: any,", "    },"],
    ),
    (
        {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^a"}, "default": {}},
        ["p: {", '    }, // default: {}, minProperties: 1, propertyNames: {"pattern":"^a"}'],
    ),
    ({"type": "object", "additionalProperties": True}, ["p: {", "    },"]),
    (
        {
            "type": "object",
            "description": "O",
            "properties": {
                "i": {
                    "type": "object",
                    "description": "I",
                    "properties": {"a": {"type": "string", "description": "A\nB"}},
                }
            },
        },
        [
            "// O",
            "p: {",
            "    // I",
            "    i?: {",
            "        // A",
            "        // B",
            "        a?: string,",
            "        },",
            "    },",
        ],
    ),
]

# What a type has no place for is not lost.
UNUSED: list[Case] = [
    (
        {"type": "string", "properties": {"a": TEXT}, "required": ["a"], "additionalProperties": False},
        ['p: string, // properties: {"a":{"type":"string"}}, required: ["a"], additionalProperties: false'],
    ),
    (
        {"type": ["string", "null"], "items": NUMBER, "patternProperties": {"x": True}},
        ['p: string | null, // items: {"type":"number"}, patternProperties: {"x":true}'],
    ),
    ({"type": "integer", "prefixItems": [TEXT]}, ['p: number, // integer, prefixItems: [{"type":"string"}]']),
    ({"type": "object", "items": TEXT}, ["p: {", '    }, // items: {"type":"string"}']),
    ({"type": "array", "properties": {"a": TEXT}}, ['p: Array<any>, // properties: {"a":{"type":"string"}}']),
    ({"type": "array", "items": TEXT, "additionalItems": False}, ["p: string[], // additionalItems: false"]),
    ({"additionalItems": NUMBER}, ['p: Array<any>, // additionalItems: {"type":"number"}']),
    ({"enum": [], "required": ["a"], "items": TEXT}, ['p: never, // required: ["a"], items: {"type":"string"}']),
    (
        {"type": ["object", "array"], "properties": {"a": TEXT}, "items": TEXT},
        ["p: {", "    a?: string,", "    } | string[],"],
    ),
    (
        {"type": "array", "prefixItems": [TEXT], "minItems": 1, "maxItems": 1, "required": ["a"]},
        ['p: [string], // required: ["a"]'],
    ),
]

COMMENTS: list[Case] = [
    (
        {"type": "string", "description": "a\r\nb\rc\u2028d\x0be\x85f\n\ng\n"},
        ["// a", "// b", "// c", "// d", "// e", "// f", "// ", "// g", "p: string,"],
    ),
    (
        {"type": "string", "title": "T\nU", "description": "D", "examples": ["a", 1, 'q"', {"k": None}]},
        [
            "// T",
            "// U",
            "//",
            "// D",
            "// Examples:",
            '// - "a"',
            "// - 1",
            '// - "q\\""',
            '// - {"k":null}',
            "p: string,",
        ],
    ),
    ({"type": "string", "description": "", "title": ""}, ["p: string,"]),
    ({"oneOf": [{"type": "string", "description": ""}, NUMBER]}, ["p:", " | string", " | number", ","]),
    ({"type": "string", "description": "\n"}, ["// ", "p: string,"]),
    ({"default": "x\ny"}, ['p: any, // default: "x\\ny"']),
    ({"type": "string", "enum": ["a", "b"], "default": "a"}, ['p: "a" | "b", // default: a']),
    ({"type": "string", "enum": ["a\n"], "default": "a\n"}, ['p: "a\\n", // default: "a\\n"']),
    ({"default": [1, {"k": "\u2029"}]}, ['p: any, // default: [1,{"k":"\\u2029"}]']),
    (
        {"type": "string", "format": "date-time", "minLength": 1, "maxLength": 9, "pattern": "^\\d\n$"},
        ['p: string, // format: "date-time", minLength: 1, maxLength: 9, pattern: "^\\\\d\\n$"'],
    ),
    (
        {"type": "number", "minimum": 0, "exclusiveMaximum": 1.5, "multipleOf": 0.5, "deprecated": True},
        ["p: number, // minimum: 0, exclusiveMaximum: 1.5, multipleOf: 0.5, deprecated"],
    ),
    (
        {"type": "string", "x-order": 3, "readOnly": True, "deprecated": False, "a key\n": 1},
        ['p: string, // x-order: 3, readOnly, deprecated: false, "a key\\n": 1'],
    ),
    (
        {"type": "string", "not": {"const": "a"}, "if": True, "then": False},
        ['p: string, // not: {"const":"a"}, if, then: false'],
    ),
    ({"type": "string", "$comment": "c", "$schema": "s", "$id": "i"}, ["p: string,"]),
]
