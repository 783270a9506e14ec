/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See authenticode.h. PKCS #7 and certificates are libcrypto's business
 * (docs/decisions/0023-signatures.md); what of the file is digested is ours.
 *
 * The signed content is SpcIndirectDataContent: SEQUENCE { what it is, DigestInfo }, of which the
 * signature covers all but the outer tag and length.
 */
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include "host/authenticode.h"
#include "lib/digest.h"

/* WIN_CERTIFICATE [UEFI 2.10 32.2.4] */
#define CERT_LENGTH   0 /* u32 with this header; the next starts at a multiple of CERT_ALIGN */
#define CERT_REVISION 4 /* u16 */
#define CERT_TYPE     6 /* u16 */
#define CERT_DATA     8
#define CERT_ALIGN    8
#define CERT_REVISION_2 0x0200
#define CERT_TYPE_PKCS7 0x0002

#define SPC_INDIRECT_DATA "1.3.6.1.4.1.311.2.1.4"

static void digest_part(struct sha256 *s, struct span file, uint64_t from, uint64_t to)
{
	struct span part;

	if (from < to && !span_sub(file, from, to - from, &part))
		digest_update(s, part);
}

void authenticode_digest(const struct pe *pe, uint8_t ret[SHA256_SIZE])
{
	static const uint8_t zeros[CERT_ALIGN];
	uint64_t end = pe->file.len - pe->certificates.len, at, checksum, summed = pe->headers_size;
	uint32_t next;
	struct sha256 s;

	sha256_init(&s);
	checksum = (uint64_t)pe->optional_off + OPT_CHECKSUM;
	digest_part(&s, pe->file, 0, checksum);
	at = checksum + 4;
	if (pe->security_off) {
		digest_part(&s, pe->file, at, pe->security_off);
		at = (uint64_t)pe->security_off + DIR_SIZE;
	}
	digest_part(&s, pe->file, at, pe->headers_size);
	for (at = 0; (next = pe_next_in_file(pe, at)) < pe->section_count; at++) {
		struct pe_section_info section = pe_section(pe, next);

		at = section.file_off;
		digest_part(&s, pe->file, at, at + section.file_size);
		summed += section.file_size;
	}
	/* What lies behind as many bytes as that; signers fill it up to a multiple of eight. */
	digest_part(&s, pe->file, summed, end);
	if (end % CERT_ALIGN)
		digest_update(&s, (struct span){zeros, CERT_ALIGN - end % CERT_ALIGN});
	sha256_final(&s, ret);
}

/* The bytes inside of an ASN.1 SEQUENCE. */
static bool enter_sequence(struct span der, struct span *ret)
{
	const unsigned char *p = der.ptr;
	int tag, class, form;
	long len;

	form = ASN1_get_object(&p, &len, &tag, &class, (long)der.len);
	if (form & 0x80 || tag != V_ASN1_SEQUENCE || len < 0)
		return false;
	*ret = (struct span){p, (size_t)len};
	return true;
}

/* The digest that the content states: the second of its two parts. */
static const char *compare_digest(struct span content, const uint8_t digest[SHA256_SIZE])
{
	const unsigned char *p;
	struct span first;
	X509_SIG *info;
	const X509_ALGOR *algorithm;
	const ASN1_OCTET_STRING *stated;
	const char *trouble = NULL;
	const unsigned char *end = content.ptr + content.len;

	if (!enter_sequence(content, &first))
		return "its content is damaged";
	p = first.ptr + first.len;
	info = d2i_X509_SIG(NULL, &p, end - p);
	if (!info)
		return "its content is damaged";
	X509_SIG_get0(info, &algorithm, &stated);
	if (OBJ_obj2nid(algorithm->algorithm) != NID_sha256)
		trouble = "its digest is not SHA-256";
	else if (ASN1_STRING_length(stated) != SHA256_SIZE ||
		memcmp(ASN1_STRING_get0_data(stated), digest, SHA256_SIZE))
		trouble = "it is for other bytes: the file was changed";
	X509_SIG_free(info);
	return trouble;
}

/* The signed content's bytes, if it is what Authenticode signs. */
static bool find_content(const PKCS7 *p7, struct span *ret)
{
	const PKCS7 *inner;
	const ASN1_STRING *der;
	char oid[64];

	if (!PKCS7_type_is_signed(p7) || !p7->d.sign || !p7->d.sign->contents)
		return false;
	inner = p7->d.sign->contents;
	if (OBJ_obj2txt(oid, sizeof(oid), inner->type, 1) <= 0 || strcmp(oid, SPC_INDIRECT_DATA) ||
		!inner->d.other || inner->d.other->type != V_ASN1_SEQUENCE)
		return false;
	der = inner->d.other->value.sequence;
	return enter_sequence((struct span){ASN1_STRING_get0_data(der),
		(size_t)ASN1_STRING_length(der)}, ret);
}

static const char *check_key(PKCS7 *p7, struct span content)
{
	BIO *bytes = BIO_new_mem_buf(content.ptr, (int)content.len);
	/* Of bytes in memory PKCS7_verify makes a second view, which it forgets when it fails. */
	BIO *signed_bytes = BIO_push(BIO_new(BIO_f_null()), bytes);
	const char *trouble = NULL;

	/* No chain is built: which certificates count is not known here. */
	if (!bytes || !signed_bytes || PKCS7_verify(p7, NULL, NULL, signed_bytes, NULL,
				     PKCS7_NOVERIFY | PKCS7_BINARY) != 1)
		trouble = "the key in its certificate did not make it";
	BIO_free_all(signed_bytes ? signed_bytes : bytes);
	return trouble;
}

static char *signer_name(PKCS7 *p7)
{
	STACK_OF(X509) *signers = PKCS7_get0_signers(p7, NULL, 0);
	char *name = NULL, *text;
	BIO *bio = BIO_new(BIO_s_mem());
	long len;

	if (bio && signers && sk_X509_num(signers) > 0 &&
		X509_NAME_print_ex(bio, X509_get_subject_name(sk_X509_value(signers, 0)), 0,
			XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		len = BIO_get_mem_data(bio, &text);
		name = strndup(text, (size_t)len);
	}
	sk_X509_free(signers);
	BIO_free(bio);
	return name ? name : strdup("unknown");
}

/* One entry of the table: its PKCS #7 object. */
static void open_one(struct authenticode *a, struct span der)
{
	struct authenticode_signature *s = &a->s[a->count++];
	const unsigned char *p = der.ptr;
	PKCS7 *p7 = d2i_PKCS7(NULL, &p, (long)der.len);
	struct span content;

	if (!p7) {
		*s = (struct authenticode_signature){strdup("unknown"), "it is damaged"};
		return;
	}
	s->signer = signer_name(p7);
	if (!find_content(p7, &content))
		s->trouble = "its content is damaged";
	else
		s->trouble = compare_digest(content, a->digest);
	if (!s->trouble)
		s->trouble = check_key(p7, content);
	PKCS7_free(p7);
}

static void open_table(struct authenticode *a, struct span table)
{
	uint64_t at = 0;

	while (at < table.len && a->count < AUTHENTICODE_MAX) {
		uint32_t size;
		struct span entry;

		if (span_le32(table, at, &size) || size <= CERT_DATA ||
			span_sub(table, at, size, &entry) ||
			le16_get(entry.ptr + CERT_REVISION) != CERT_REVISION_2 ||
			le16_get(entry.ptr + CERT_TYPE) != CERT_TYPE_PKCS7) {
			a->s[a->count++] = (struct authenticode_signature){
				strdup("unknown"), "the table of signatures is damaged"};
			return;
		}
		open_one(a, (struct span){entry.ptr + CERT_DATA, entry.len - CERT_DATA});
		at += (size + CERT_ALIGN - 1ull) / CERT_ALIGN * CERT_ALIGN;
	}
}

enum status authenticode_open(const char *name, struct span file, struct authenticode *ret)
{
	struct fault fault = {0};
	struct pe pe;
	enum err e;

	*ret = (struct authenticode){.count = 0};
	e = pe_parse(file, &pe, &fault);
	if (e) {
		report_fault(name, "", e, &fault);
		return STATUS_BAD_INPUT;
	}
	if (!pe.certificates.len)
		return STATUS_DONE;
	authenticode_digest(&pe, ret->digest);
	open_table(ret, pe.certificates);
	for (size_t i = 0; i < ret->count; i++) {
		if (!ret->s[i].signer) {
			authenticode_close(ret);
			return report_no_memory(name);
		}
	}
	return STATUS_DONE;
}

void authenticode_close(struct authenticode *a)
{
	for (size_t i = 0; i < a->count; i++)
		free(a->s[i].signer);
	*a = (struct authenticode){.count = 0};
}

bool authenticode_holds(const struct authenticode *a)
{
	for (size_t i = 0; i < a->count; i++) {
		if (a->s[i].trouble)
			return false;
	}
	return true;
}
