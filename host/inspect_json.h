/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both files of inspect's JSON use. Numbers above 2^63 - 1 become strings, see inspect_json.c.
 */
#ifndef HOST_INSPECT_JSON_H
#define HOST_INSPECT_JSON_H

#include <jansson.h>
#include "host/inspect.h"

void js_put(json_t *object, const char *key, json_t *value);
json_t *js_hex(uint64_t v);
json_t *js_number(uint64_t v);
/* Text from a file: what is not printable is escaped as on a terminal, unless it is UTF-8. */
json_t *js_text(struct span s);

/* inspect_json_more.c: all of struct facts beyond the kernel itself. */
void inspect_put_json(json_t *top, const struct facts *f);

#endif /* HOST_INSPECT_JSON_H */
