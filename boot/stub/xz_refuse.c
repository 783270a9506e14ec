/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What liblzma.a's block decoder refers to but a chunk never uses: filters for other processors, the
 * delta filter, checks other than CRC-32. Defined here, each is a refusal; left to the archive, they
 * would bring another 20 KB into every image. Prototypes do not matter: a block that asks for one of
 * them gets a refusal from an initialiser before anything else is called.
 */

#define REFUSED 8 /* LZMA_OPTIONS_ERROR [lzma/base.h] */

#define REFUSE(name)                     \
	unsigned long name(void);        \
	unsigned long name(void)         \
	{                                \
		return REFUSED;          \
	}

REFUSE(lzma_crc64)
REFUSE(lzma_sha256_init)
REFUSE(lzma_sha256_update)
REFUSE(lzma_sha256_finish)

REFUSE(lzma_delta_coder_memusage)
REFUSE(lzma_delta_decoder_init)
REFUSE(lzma_delta_props_decode)

REFUSE(lzma_simple_arm_decoder_init)
REFUSE(lzma_simple_armthumb_decoder_init)
REFUSE(lzma_simple_arm64_decoder_init)
REFUSE(lzma_simple_ia64_decoder_init)
REFUSE(lzma_simple_powerpc_decoder_init)
REFUSE(lzma_simple_sparc_decoder_init)
