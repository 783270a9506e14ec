/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The digest of the kernel that was decoded: not of what the image says, nor of the compressed bytes.
 * It is MANIFEST_KERNEL_SHA256, over the content as a file, while memory gets the content in pieces:
 * the ELF's header is overwritten by what follows, gaps between segments are in no memory, relocations
 * are coded, and applying them changes the kernel. So each chunk is digested when it has just come out,
 * in order; what belongs to no memory is decoded to memory of its own for that; and the relocation table
 * is written out as Linux has it. Then nothing of the kernel is left that was not digested, but what is
 * zero because the file does not fill it. Under boot services.
 */
#include "boot/efi/measure.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "core/measure.h"
#include "core/reloc_compact.h"

static const uint8_t words[] = MEASURE_WORDS_KERNEL;

enum err kernel_measure_init(const struct efi_boot *b, struct kernel_measure *ret)
{
	uint32_t largest = 0;

	*ret = (struct kernel_measure){0};
	enum measure wanted = measure_wanted(b->cmdline, &ret->pcr);

	if (wanted == MEASURE_BAD)
		warn("bzforge.measure= takes a PCR from %u to %u: kernel not measured",
			MEASURE_PCR_MIN, MEASURE_PCR_MAX);
	if (wanted != MEASURE_ON)
		return ERR_OK;
	if (!efi_measurer().protocol) {
		warn("bzforge.measure=: firmware measures nothing, there is no TPM");
		return ERR_OK;
	}
	for (uint32_t i = 0; i < b->manifest.chunk_count; i++) {
		uint32_t size = manifest_chunk(&b->manifest, i).out_size;

		largest = size > largest ? size : largest;
	}
	ret->wanted = true;
	sha256_init(&ret->sha);
	return efi_memory_below(largest, UINT64_MAX, EFI_LOADER_DATA, &ret->gap_pa);
}

void kernel_measure_chunk(struct kernel_measure *k, const struct manifest *m, uint32_t i,
	struct span out)
{
	uint32_t off = manifest_chunk(m, i).out_off;

	if (!k->wanted || off >= m->elf_size)
		return;
	if (out.len > m->elf_size - off)
		out.len = m->elf_size - off;
	sha256_update(&k->sha, out);
}

/* What lies behind the ELF, as Linux writes it. */
static enum err relocs_digest(struct kernel_measure *k, const struct efi_boot *b, struct fault *fault)
{
	const struct manifest *m = &b->manifest;
	struct span table = phys_span(b->plan.tail_pa + (m->elf_size - m->tail_offset),
		m->content_size - m->elf_size);
	struct reloc_compact codes;
	uint64_t size, pa;

	if (m->reloc_coding != RELOC_COMPACT) {
		sha256_update(&k->sha, table);
		return ERR_OK;
	}
	enum err err = reloc_compact_split(table, m->reloc_layout, &codes, fault);

	if (!err)
		err = reloc_compact_expanded_size(&codes, &size, fault);
	if (!err)
		err = efi_memory_below(size, UINT64_MAX, EFI_LOADER_DATA, &pa);
	if (err)
		return err;
	err = reloc_compact_expand(&codes, phys_ptr(pa), size, fault);
	if (!err)
		sha256_update(&k->sha, phys_span(pa, size));
	efi_memory_free(pa);
	return err;
}

enum err kernel_measure_finish(struct kernel_measure *k, const struct efi_boot *b,
	struct fault *fault)
{
	uint8_t digest[SHA256_SIZE], event[sizeof(words) + SHA256_SIZE];

	if (!k->wanted)
		return ERR_OK;
	enum err err = relocs_digest(k, b, fault);

	if (err)
		return err;
	efi_memory_free(k->gap_pa);
	sha256_final(&k->sha, digest);
	if (memcmp(digest, b->manifest.kernel_sha256, SHA256_SIZE))
		return fault_set(fault, ERR_ELF_CHANGED, "SHA-256", MANIFEST_KERNEL_SHA256, digest[0]);
	memcpy(event, words, sizeof(words));
	memcpy(event + sizeof(words), digest, SHA256_SIZE);
	efi_measure(k->pcr, MEASURE_TAG_KERNEL, (struct span){event, sizeof(event)},
		(struct span){digest, SHA256_SIZE});
	return ERR_OK;
}
