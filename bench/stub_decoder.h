/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program finds in decoder-CODEC.so under the name STUB_DECODER (decoder.h). */
#ifndef BENCH_STUB_DECODER_H
#define BENCH_STUB_DECODER_H

#include "boot/stub/kernel.h"

struct stub_decoder {
	__typeof__(kernel_decode) *decode;
	__typeof__(crew_init) *crew_init;
	__typeof__(crew_serve) *crew_serve;
	__typeof__(crew_dismiss) *crew_dismiss;
};

#endif /* BENCH_STUB_DECODER_H */
