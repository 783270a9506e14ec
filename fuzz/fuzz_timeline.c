/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a timeline. Oracle: what was read, written anew, is what was there. */
#include "fuzz/fuzz.h"

#include "core/timeline.h"

/* The written form has no stage that is not there: clear what readers do not look at. */
static void canonical(uint8_t *bytes, size_t count)
{
	le32_put(bytes + TIMELINE_RESERVED, 0);
	for (size_t i = 0; i < count; i++)
		le32_put(bytes + TIMELINE_RECORDS + i * TIMELINE_RECORD_SIZE + TIMELINE_PAD, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t want[TIMELINE_DATA_MAX], got[TIMELINE_DATA_MAX];
	static struct timeline t;
	struct timeline_view view = {.count = 0x5555};
	struct fault fault = {0};

	if (timeline_parse((struct span){data, size}, &view, &fault)) {
		FUZZ_CHECK(view.count == 0x5555 && fault.text);
		return 0;
	}
	FUZZ_CHECK(view.count <= TIMELINE_MAX);
	size_t len = TIMELINE_RECORDS + view.count * TIMELINE_RECORD_SIZE;

	FUZZ_CHECK(len <= size && view.records.ptr == data + TIMELINE_RECORDS);
	t = (struct timeline){.taken = (uint32_t)view.count, .lost = view.lost};
	bool starts_at_0 = true;

	for (size_t i = 0; i < view.count; i++) {
		struct timeline_record r = timeline_view_at(&view, i);
		const char *text = timeline_stage_text(r.stage);

		FUZZ_CHECK(!text || (text[0] >= 'a' && text[0] <= 'z'));
		starts_at_0 = starts_at_0 && (i || !r.ticks);
		t.stamp[i] = (struct timeline_stamp){r.ticks, r.chunk, r.stage, r.cpu};
	}
	if (starts_at_0) {
		memcpy(want, data, len);
		canonical(want, view.count);
		FUZZ_CHECK(timeline_write(&t, got) == len && !memcmp(got, want, len));
	}
	return 0;
}
