/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/support/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { depth_max = 64 };

struct parser {
	char *p; /* the document ends with a NUL, which no rule accepts */
	int depth;
};

static void die(const char *what, const char *where)
{
	printf("json: %s: %s\n", what, where);
	exit(1);
}

static void skip_space(struct parser *in)
{
	in->p += strspn(in->p, " \t\r\n");
}

static bool skip_word(struct parser *in, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(in->p, word, n) != 0)
		return false;
	in->p += n;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \uXXXX as UTF-8. Surrogates are refused: no vector holds one. */
static bool read_unicode(struct parser *in, char **out)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(*in->p);

		if (digit < 0)
			return false;
		v = v << 4 | (unsigned)digit;
		in->p++;
	}
	if (v >= 0xd800 && v <= 0xdfff)
		return false;
	if (v < 0x80) {
		*(*out)++ = (char)v;
		return v != 0;
	}
	if (v >= 0x800) {
		*(*out)++ = (char)(0xe0 | v >> 12);
		*(*out)++ = (char)(0x80 | (v >> 6 & 0x3f));
	} else {
		*(*out)++ = (char)(0xc0 | v >> 6);
	}
	*(*out)++ = (char)(0x80 | (v & 0x3f));
	return true;
}

/* Decodes in place: an escape is never shorter than what it stands for. */
static bool read_string(struct parser *in, char **text, size_t *len)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	char *out;

	if (*in->p++ != '"')
		return false;
	out = *text = in->p;
	while (*in->p != '"') {
		unsigned char c = (unsigned char)*in->p++;

		if (c < 0x20)
			return false;
		if (c != '\\') {
			*out++ = (char)c;
		} else if (*in->p == 'u') {
			in->p++;
			if (!read_unicode(in, &out))
				return false;
		} else {
			const char *name = *in->p ? strchr(names, *in->p) : NULL;

			if (name == NULL)
				return false;
			*out++ = values[name - names];
			in->p++;
		}
	}
	in->p++;
	*out = 0;
	*len = (size_t)(out - *text);
	return true;
}

/* The text is copied, since the byte after it may be wanted by the next rule. */
static bool read_number(struct parser *in, struct json *v)
{
	size_t sign = *in->p == '-', digits = strspn(in->p + sign, "0123456789");
	size_t n = sign + digits;

	if (digits == 0 || (digits > 1 && in->p[sign] == '0'))
		return false;
	n += strspn(in->p + n, "0123456789.eE+-");
	v->text = strndup(in->p, n);
	v->len = n;
	in->p += n;
	return v->text != NULL;
}

static bool read_value(struct parser *in, struct json *v);

static struct json *append(struct json *list)
{
	if ((list->len & (list->len - 1)) == 0) {
		size_t cap = list->len ? 2 * list->len : 1;
		struct json *items = realloc(list->items, cap * sizeof(*items));

		if (items == NULL)
			die("no memory", "append");
		list->items = items;
	}
	struct json *item = &list->items[list->len++];

	memset(item, 0, sizeof(*item));
	return item;
}

static bool read_list(struct parser *in, struct json *v, char end)
{
	in->p++;
	skip_space(in);
	if (*in->p == end) {
		in->p++;
		return true;
	}
	for (;;) {
		struct json *item = append(v);
		char *key;
		size_t n;

		skip_space(in);
		if (v->type == JSON_OBJECT) {
			if (!read_string(in, &key, &n))
				return false;
			item->key = key;
			skip_space(in);
			if (*in->p++ != ':')
				return false;
		}
		if (!read_value(in, item))
			return false;
		skip_space(in);
		if (*in->p == end) {
			in->p++;
			return true;
		}
		if (*in->p++ != ',')
			return false;
	}
}

static bool read_value(struct parser *in, struct json *v)
{
	bool good = false;

	if (++in->depth > depth_max)
		return false;
	skip_space(in);
	switch (*in->p) {
	case '{':
		v->type = JSON_OBJECT;
		good = read_list(in, v, '}');
		break;
	case '[':
		v->type = JSON_ARRAY;
		good = read_list(in, v, ']');
		break;
	case '"':
		v->type = JSON_STRING;
		good = read_string(in, &v->text, &v->len);
		break;
	case 't':
	case 'f':
		v->type = JSON_BOOL;
		v->truth = *in->p == 't';
		good = skip_word(in, v->truth ? "true" : "false");
		break;
	case 'n':
		good = skip_word(in, "null");
		break;
	default:
		v->type = JSON_NUMBER;
		good = read_number(in, v);
	}
	in->depth--;
	return good;
}

static void clear(struct json *v)
{
	if (v->type == JSON_ARRAY || v->type == JSON_OBJECT)
		for (size_t i = 0; i < v->len; i++)
			clear(&v->items[i]);
	if (v->type == JSON_NUMBER)
		free(v->text);
	free(v->items);
	free(v->hex);
	free(v->document);
}

void json_free(struct json *root)
{
	if (root == NULL)
		return;
	clear(root);
	free(root);
}

/* Takes the document, which ends with a NUL. */
static struct json *read_document(char *document)
{
	struct parser in = { document, 0 };
	struct json *root = calloc(1, sizeof(*root));

	if (root == NULL)
		die("no memory", "document");
	root->document = document;
	if (read_value(&in, root)) {
		skip_space(&in);
		if (*in.p == 0)
			return root;
	}
	json_free(root);
	return NULL;
}

struct json *json_read(const char *text, size_t n)
{
	char *copy = malloc(n + 1);

	if (copy == NULL)
		die("no memory", "read");
	memcpy(copy, text, n);
	copy[n] = 0;
	return read_document(copy);
}

struct json *json_read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	long n = -1;

	if (f == NULL)
		die("cannot open", path);
	if (fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0 ||
	    (text = malloc((size_t)n + 1)) == NULL || fread(text, 1, (size_t)n, f) != (size_t)n)
		die("cannot read", path);
	fclose(f);
	text[n] = 0;

	struct json *root = read_document(text);

	if (root == NULL)
		die("not JSON", path);
	return root;
}

static const struct json *want(const struct json *v, enum json_type type)
{
	static const char *const names[] = { "null",     "bool",     "a number",
		                             "a string", "an array", "an object" };

	if (v == NULL)
		die("no value where this was wanted", names[type]);
	if (v->type != type)
		die(v->key ? v->key : "(item)", "another type was wanted");
	return v;
}

struct json *json_get(struct json *object, const char *key)
{
	want(object, JSON_OBJECT);
	for (size_t i = 0; i < object->len; i++)
		if (strcmp(object->items[i].key, key) == 0)
			return &object->items[i];
	return NULL;
}

struct json *json_at(struct json *array, size_t i)
{
	want(array, JSON_ARRAY);
	if (i >= array->len)
		die("index out of range", array->key ? array->key : "(item)");
	return &array->items[i];
}

size_t json_len(struct json *array)
{
	if (array != NULL && array->type == JSON_OBJECT)
		return array->len;
	return want(array, JSON_ARRAY)->len;
}

struct json *json_first(struct json *array)
{
	return json_len(array) ? array->items : NULL;
}

struct json *json_next(struct json *array, struct json *item)
{
	size_t i = (size_t)(item - array->items) + 1;

	return i < array->len ? &array->items[i] : NULL;
}

bool json_is_null(const struct json *value)
{
	return value == NULL || value->type == JSON_NULL;
}

bool json_bool(const struct json *value)
{
	return want(value, JSON_BOOL)->truth;
}

uint64_t json_uint(const struct json *value)
{
	uint64_t v = 0;

	for (const char *p = want(value, JSON_NUMBER)->text; *p; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (*p < '0' || *p > '9' || v > (UINT64_MAX - digit) / 10)
			die("not an unsigned integer", value->text);
		v = v * 10 + digit;
	}
	return v;
}

const char *json_string(const struct json *value)
{
	return want(value, JSON_STRING)->text;
}

struct span json_hex(struct json *value)
{
	const char *text = json_string(value);
	size_t n = value->len / 2;

	if (value->hex == NULL) {
		value->hex = malloc(n ? n : 1);
		if (value->hex == NULL || value->len % 2)
			die("not hex", text);
		for (size_t i = 0; i < n; i++) {
			int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

			if (high < 0 || low < 0)
				die("not hex", text);
			value->hex[i] = (uint8_t)(high << 4 | low);
		}
	}
	return (struct span){ value->hex, n };
}
