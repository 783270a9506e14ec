/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words for error codes, made from the list in err.h. Runs in every mode, also before the stub
 * has relocated itself: hence a switch, not an array of pointers.
 */
#include "core/err.h"

const char *err_text(enum err e)
{
	switch (e) {
#define ERR_TEXT(name, number, text)                                                               \
	case ERR_##name:                                                                           \
		return text;
		ERR_LIST(ERR_TEXT)
#undef ERR_TEXT
	}
	return "unknown error";
}
