/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libzstd.a's decoder refers to but a chunk never uses: dictionaries, the formats before zstd
 * 0.8, the checksum of the content, error names, tracing. Defined here, each is a refusal; left to
 * the archive, they would bring another 100 KB into every image. Prototypes do not matter: nothing
 * that codec/zstd_chunk.c calls ever gets to one of them but the tracing hook, whose NULL means that
 * nobody traces.
 */
#include <stddef.h>
#include <stdint.h>

/* (size_t)-n is libzstd's error n; this one is "unsupported version" [zstd_errors.h]. */
#define REFUSED ((size_t)-12)

#define REFUSE(name)            \
	size_t name(void);      \
	size_t name(void)       \
	{                       \
		return REFUSED; \
	}
#define NOTHING(name)           \
	void *name(void);       \
	void *name(void)        \
	{                       \
		return NULL;    \
	}

#define REFUSE_VERSION(v)                            \
	NOTHING(ZBUFFv##v##_createDCtx)              \
	REFUSE(ZBUFFv##v##_decompressContinue)       \
	REFUSE(ZBUFFv##v##_decompressInitDictionary) \
	REFUSE(ZBUFFv##v##_freeDCtx)                 \
	NOTHING(ZSTDv##v##_createDCtx)               \
	REFUSE(ZSTDv##v##_decompress_usingDict)      \
	REFUSE(ZSTDv##v##_findFrameSizeInfoLegacy)   \
	REFUSE(ZSTDv##v##_freeDCtx)                  \
	REFUSE(ZSTDv##v##_getFrameParams)

REFUSE_VERSION(05)
REFUSE_VERSION(06)
REFUSE_VERSION(07)

NOTHING(ZSTD_DDict_dictContent)
REFUSE(ZSTD_DDict_dictSize)
REFUSE(ZSTD_copyDDictParameters)
NOTHING(ZSTD_createDDict_advanced)
REFUSE(ZSTD_freeDDict)
REFUSE(ZSTD_getDictID_fromDDict)
REFUSE(ZSTD_sizeof_DDict)

REFUSE(ZSTD_XXH64)
REFUSE(ZSTD_XXH64_digest)
REFUSE(ZSTD_XXH64_reset)
REFUSE(ZSTD_XXH64_update)

NOTHING(ERR_getErrorString)
NOTHING(ZSTD_trace_decompress_begin)
NOTHING(ZSTD_trace_decompress_end)
