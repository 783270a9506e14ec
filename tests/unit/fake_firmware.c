/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See fake_firmware.h.
 *
 * Long because firmware has many services, each of which is a few lines here.
 */
#include <sys/mman.h>
#include "tests/unit/fake_firmware.h"
#include "boot/efi/call.h"
#include "boot/stub/checksum.h"
#include "boot/stub/console.h"
#include "core/crc32c.h"

#define SERVICES  64
#define BLOCKS    128
#define ATTRIBUTE_WRITE_BACK 8

struct fake fake;
uint8_t fake_loaded_image[0x60];
const char *fake_said, *fake_warned;

static uint8_t system_table[0x78];
static struct {
	uint8_t header[24];
	void *services[SERVICES];
} boot_table, runtime_table;
static struct {
	uint8_t *at;
	size_t bytes; /* the page behind it cannot be touched */
} blocks[BLOCKS];
static uint8_t configuration[FAKE_MAX * EFI_CT_SIZE];
static uint64_t map_key;
static bool exit_tried;
static const char *misuse;

static void put64(void *at, uint64_t v)
{
	memcpy(at, &v, 8);
}

static uint64_t get64(uint64_t at)
{
	uint64_t v;

	memcpy(&v, (void *)at, 8);
	return v;
}

static bool same_guid(uint64_t a, const struct efi_guid *b)
{
	return !memcmp((void *)a, b, sizeof(*b));
}

void fake_misuse(const char *what)
{
	misuse = what;
}

/* Nothing but these may be called once ExitBootServices was tried [UEFI 7.4.6]. */
void fake_used(bool may_be_late)
{
	if (fake.gone)
		misuse = "a service after ExitBootServices";
	if (exit_tried && !may_be_late)
		misuse = "a service after ExitBootServices was tried";
}

static uint64_t EFIAPI unknown(void)
{
	misuse = "a service that there is none of here";
	return EFI_UNSUPPORTED;
}

/* --- memory --- */

/* At an address: of a map that is made up, so there is no memory to it. */
static uint64_t allocate_at(uint64_t start, uint64_t count)
{
	uint64_t end = start + count * EFI_PAGE_SIZE;

	if (fake.at_refused > 0) {
		fake.at_refused--;
		return EFI_NOT_FOUND;
	}
	for (size_t i = 0; fake.map && i < fake.map_entries; i++) {
		const struct fake_region *r = &fake.map[i];

		if (r->type != EFI_CONVENTIONAL_MEMORY || start < r->start || end > r->end)
			continue;
		fake.at_pa = start;
		fake.at_pages = count;
		fake.pages_out += (int64_t)count;
		return EFI_SUCCESS;
	}
	return EFI_NOT_FOUND;
}

static uint64_t EFIAPI allocate_pages(uint64_t how, uint64_t type, uint64_t count, uint64_t pa)
{
	size_t bytes = (size_t)count * EFI_PAGE_SIZE, i = 0;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	fake_used(false);
	(void)type;
	if (count == 0)
		return EFI_INVALID_PARAMETER;
	if (how == EFI_ALLOCATE_ADDRESS)
		return allocate_at(get64(pa), count);
	if (count > fake.memory_left / EFI_PAGE_SIZE)
		return EFI_OUT_OF_RESOURCES;
	while (i < BLOCKS && blocks[i].at)
		i++;
	if (how != EFI_ALLOCATE_MAX_ADDRESS || i == BLOCKS)
		return EFI_UNSUPPORTED;
	if (get64(pa) <= UINT32_MAX)
		flags |= MAP_32BIT;
	uint8_t *p = mmap(NULL, bytes + EFI_PAGE_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);

	assert_true(p != MAP_FAILED);
	assert_return_code(mprotect(p + bytes, EFI_PAGE_SIZE, PROT_NONE), 0);
	memset(p, 0xa5, bytes);
	blocks[i].at = p;
	blocks[i].bytes = bytes;
	fake.memory_left -= bytes;
	fake.pages_out += (int64_t)count;
	map_key++;
	put64((void *)pa, (uint64_t)p);
	return EFI_SUCCESS;
}

static uint64_t EFIAPI free_pages(uint64_t pa, uint64_t count)
{
	fake_used(false);
	for (size_t i = 0; i < BLOCKS; i++) {
		if (!blocks[i].at || (uint64_t)blocks[i].at != pa)
			continue;
		if (blocks[i].bytes != count * EFI_PAGE_SIZE)
			misuse = "FreePages of another size than was allocated";
		for (size_t at = 0; at < blocks[i].bytes; at++)
			fake.dirty |= blocks[i].at[at] != 0;
		munmap(blocks[i].at, blocks[i].bytes + EFI_PAGE_SIZE);
		fake.memory_left += blocks[i].bytes;
		fake.pages_out -= (int64_t)count;
		blocks[i].at = NULL;
		map_key++;
		return EFI_SUCCESS;
	}
	if (fake.at_pages && pa == fake.at_pa && count == fake.at_pages) {
		fake.pages_out -= (int64_t)count;
		fake.at_pages = 0;
		return EFI_SUCCESS;
	}
	misuse = "FreePages of what was not allocated";
	return EFI_NOT_FOUND;
}

static uint64_t EFIAPI allocate_pool(uint64_t type, uint64_t size, uint64_t ret)
{
	fake_used(false);
	(void)type;
	put64((void *)ret, (uint64_t)malloc(size));
	fake.pools_out++;
	return EFI_SUCCESS;
}

static uint64_t EFIAPI free_pool(uint64_t p)
{
	fake_used(false);
	free((void *)p);
	fake.pools_out--;
	return EFI_SUCCESS;
}

/* Every second descriptor is reserved, so that none join. */
static uint64_t EFIAPI get_memory_map(uint64_t size, uint64_t map, uint64_t key, uint64_t desc_size,
	uint64_t version)
{
	uint64_t room = get64(size);
	uint32_t one = EFI_MD_VERSION;

	fake_used(true);
	put64((void *)size, fake.map_entries * FAKE_MAP_ENTRY);
	put64((void *)desc_size, FAKE_MAP_ENTRY);
	memcpy((void *)version, &one, 4);
	if (room < fake.map_entries * FAKE_MAP_ENTRY)
		return EFI_BUFFER_TOO_SMALL;
	for (size_t i = 0; i < fake.map_entries; i++) {
		uint8_t *d = (uint8_t *)map + i * FAKE_MAP_ENTRY;

		memset(d, 0, FAKE_MAP_ENTRY);
		le32_put(d + EFI_MD_TYPE, i % 2 ? EFI_RESERVED_MEMORY : EFI_CONVENTIONAL_MEMORY);
		le64_put(d + EFI_MD_PHYSICAL_START, i * EFI_PAGE_SIZE);
		le64_put(d + EFI_MD_NUMBER_OF_PAGES, 1);
		le64_put(d + EFI_MD_ATTRIBUTE, fake.map_attribute);
		if (!fake.map)
			continue;
		le32_put(d + EFI_MD_TYPE, fake.map[i].type);
		le64_put(d + EFI_MD_PHYSICAL_START, fake.map[i].start);
		le64_put(d + EFI_MD_NUMBER_OF_PAGES,
			(fake.map[i].end - fake.map[i].start) / EFI_PAGE_SIZE);
	}
	put64((void *)key, map_key);
	return EFI_SUCCESS;
}

static uint64_t EFIAPI exit_boot_services(uint64_t handle, uint64_t key)
{
	fake_used(true);
	exit_tried = true;
	fake.exits++;
	if (handle != FAKE_IMAGE_HANDLE)
		misuse = "ExitBootServices with another handle";
	if (fake.exits_refused > 0) {
		fake.exits_refused--;
		fake.map_entries += fake.exit_growth;
		map_key++;
		return EFI_INVALID_PARAMETER;
	}
	if (key != map_key)
		return EFI_INVALID_PARAMETER;
	fake.gone = true;
	return EFI_SUCCESS;
}

/* --- events and time --- */

/* One that only CheckEvent looks at [7.1]. */
static uint64_t EFIAPI create_event(uint32_t type, uint64_t tpl, uint64_t notify, uint64_t context,
	uint64_t ret)
{
	fake_used(false);
	(void)tpl;
	if (type || notify || context || fake.events_out)
		misuse = "CreateEvent of another kind than is known here";
	if (fake.event_status)
		return fake.event_status;
	fake.events_out++;
	fake.signaled = false;
	put64((void *)ret, FAKE_EVENT);
	return EFI_SUCCESS;
}

static void event_used(uint64_t event)
{
	fake_used(false);
	if (event != FAKE_EVENT || !fake.events_out)
		misuse = "an event that there is none of";
}

static uint64_t EFIAPI close_event(uint64_t event)
{
	event_used(event);
	fake.events_out--;
	return EFI_SUCCESS;
}

static uint64_t EFIAPI check_event(uint64_t event)
{
	event_used(event);
	if (!fake.signaled)
		return EFI_NOT_READY;
	fake.signaled = false;
	return EFI_SUCCESS;
}

static uint64_t EFIAPI stall(uint64_t us)
{
	fake_used(false);
	fake.stalled_us += us;
	return EFI_SUCCESS;
}

/* --- protocols and tables --- */

static uint64_t EFIAPI handle_protocol(uint64_t handle, uint64_t guid, uint64_t ret)
{
	fake_used(false);
	for (size_t i = 0; i < fake.protocol_count; i++) {
		const struct fake_protocol *p = &fake.protocols[i];

		if (p->handle != handle || !same_guid(guid, &p->guid))
			continue;
		put64((void *)ret, (uint64_t)p->interface);
		return EFI_SUCCESS;
	}
	return EFI_UNSUPPORTED;
}

static uint64_t EFIAPI locate_protocol(uint64_t guid, uint64_t registration, uint64_t ret)
{
	fake_used(false);
	assert_true(registration == 0);
	for (size_t i = 0; i < fake.protocol_count; i++) {
		if (!same_guid(guid, &fake.protocols[i].guid))
			continue;
		put64((void *)ret, (uint64_t)fake.protocols[i].interface);
		return EFI_SUCCESS;
	}
	return EFI_NOT_FOUND;
}

static uint64_t EFIAPI locate_handle(uint64_t how, uint64_t guid, uint64_t key, uint64_t size,
	uint64_t handles)
{
	uint64_t need = 0, room = get64(size);

	fake_used(false);
	assert_true(how == 2 && key == 0); /* ByProtocol */
	for (size_t i = 0; i < fake.protocol_count; i++) {
		if (!same_guid(guid, &fake.protocols[i].guid))
			continue;
		if (need + 8 <= room)
			put64((uint8_t *)handles + need, fake.protocols[i].handle);
		need += 8;
	}
	put64((void *)size, need);
	if (!need)
		return EFI_NOT_FOUND;
	return need > room ? EFI_BUFFER_TOO_SMALL : EFI_SUCCESS;
}

static uint64_t EFIAPI disconnect_controller(uint64_t handle, uint64_t driver, uint64_t child)
{
	fake_used(false);
	if (driver || child || fake.disconnected_count == FAKE_MAX)
		misuse = "DisconnectController of one driver only, or too often";
	else
		fake.disconnected[fake.disconnected_count++] = handle;
	return EFI_SUCCESS;
}

static uint64_t EFIAPI locate_device_path(uint64_t guid, uint64_t path, uint64_t ret)
{
	static const struct efi_guid load_file2 = EFI_LOAD_FILE2_GUID;
	static const struct efi_guid initrd = LINUX_EFI_INITRD_MEDIA_GUID;
	const uint8_t *node = (const uint8_t *)get64(path);

	fake_used(false);
	if (!fake.load_file.offered || !same_guid(guid, &load_file2))
		return EFI_NOT_FOUND;
	/* vendor-defined media device path, 20 bytes, then the end of the entire path [10.3.5.3] */
	if (memcmp(node, "\x04\x03\x14\x00", 4) || !same_guid((uint64_t)(node + 4), &initrd) ||
		memcmp(node + 20, "\x7f\xff\x04\x00", 4))
		return EFI_NOT_FOUND;
	put64((void *)path, (uint64_t)(node + 20)); /* what is left of it */
	put64((void *)ret, FAKE_LOADER);
	return EFI_SUCCESS;
}

static uint64_t EFIAPI load_file(void *this, uint64_t path, uint64_t policy, uint64_t size, void *buf)
{
	struct fake_load_file *f = &fake.load_file;
	int grown = f->calls < f->grow_calls ? f->calls : f->grow_calls;
	uint64_t room = get64(size), need = f->size + f->grows * (uint64_t)grown;

	fake_used(false);
	assert_non_null(this);
	assert_true(!memcmp((void *)path, "\x7f\xff\x04\x00", 4));
	if (policy)
		misuse = "LoadFile2 with a boot policy";
	f->calls++;
	if (!buf && f->size_status)
		return f->size_status;
	if (buf && f->status)
		return f->status;
	put64((void *)size, need);
	if (!buf || room < need)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(buf, f->data, need);
	return EFI_SUCCESS;
}

static uint64_t EFIAPI install_table(const struct efi_guid *guid, void *table)
{
	fake_used(false);
	for (size_t i = 0; i < fake.table_count; i++) {
		if (memcmp(&fake.tables[i].guid, guid, sizeof(*guid)))
			continue;
		fake.tables[i].table = table;
		put64(configuration + i * EFI_CT_SIZE + EFI_CT_TABLE, (uint64_t)table);
		return EFI_SUCCESS;
	}
	fake_table_add(*guid, table);
	return EFI_SUCCESS;
}

/* [37.5.2] */
uint64_t EFIAPI fake_get_rng(void *this, const struct efi_guid *algorithm, uint64_t len, uint8_t *ret)
{
	fake_used(false);
	assert_non_null(this);
	if (fake.rng.status)
		return fake.rng.status;
	if (algorithm && !fake.rng.knows_raw)
		return EFI_UNSUPPORTED;
	memset(ret, algorithm ? 0x77 : 0x55, len);
	return EFI_SUCCESS;
}

static uint64_t EFIAPI get_variable(const uint16_t *name, uint64_t vendor, uint32_t *attributes,
	uint64_t *size, void *ret)
{
	fake_used(false);
	(void)attributes;
	for (size_t i = 0; i < FAKE_MAX && fake.variables[i].name; i++) {
		const struct fake_variable *v = &fake.variables[i];
		size_t n = 0;

		while (name[n] && name[n] == (uint8_t)v->name[n])
			n++;
		if (name[n] || v->name[n] || !same_guid(vendor, &v->vendor))
			continue;
		if (v->status)
			return v->status;
		if (*size < v->size) {
			*size = v->size;
			return EFI_BUFFER_TOO_SMALL;
		}
		memcpy(ret, v->data, v->size);
		*size = v->size;
		return EFI_SUCCESS;
	}
	return EFI_NOT_FOUND;
}

static uint64_t EFIAPI set_variable(const uint16_t *name, uint64_t vendor, uint32_t attributes,
	uint64_t size, const void *data)
{
	static const struct efi_guid loader = LOADER_GUID;
	size_t i, n = 0;

	fake_used(false);
	for (i = 0; i < FAKE_MAX && fake.variables[i].name; i++) {
		const char *own = fake.variables[i].name;

		for (n = 0; name[n] && name[n] == (uint8_t)own[n]; n++)
			;
		if (!name[n] && !own[n] && same_guid(vendor, &fake.variables[i].vendor))
			break;
	}
	if (i == FAKE_MAX || size > sizeof(fake.variables[i].data))
		return EFI_OUT_OF_RESOURCES;
	struct fake_variable *v = &fake.variables[i];

	if (!v->name) {
		if (!same_guid(vendor, &loader))
			misuse = "SetVariable of a new one that is none of a boot loader's";
		for (n = 0; name[n] && n < sizeof(v->own_name) - 1; n++)
			v->own_name[n] = (char)name[n];
		v->name = v->own_name;
		memcpy(&v->vendor, (void *)vendor, sizeof(v->vendor));
	}
	memcpy(v->data, data, size);
	v->size = size;
	v->attributes = attributes;
	return EFI_SUCCESS;
}

const struct fake_variable *fake_variable(const char *name)
{
	for (size_t i = 0; i < FAKE_MAX && fake.variables[i].name; i++) {
		if (!strcmp(fake.variables[i].name, name))
			return &fake.variables[i];
	}
	return NULL;
}

/* --- the machine --- */

void fake_protocol_add(uint64_t handle, struct efi_guid guid, void *interface)
{
	assert_true(fake.protocol_count < FAKE_MAX);
	fake.protocols[fake.protocol_count++] = (struct fake_protocol){handle, guid, interface};
}

void fake_table_add(struct efi_guid guid, void *table)
{
	uint8_t *entry = configuration + fake.table_count * EFI_CT_SIZE;

	assert_true(fake.table_count < FAKE_MAX);
	memcpy(entry, &guid, sizeof(guid));
	put64(entry + EFI_CT_TABLE, (uint64_t)table);
	fake.tables[fake.table_count++] = (struct fake_table){guid, table};
	put64(system_table + EFI_ST_TABLE_ENTRIES, fake.table_count);
}

void fake_vendor_set(const uint16_t *name)
{
	put64(system_table + 0x18, (uint64_t)name);
}

/* By their numbers in the specification's tables [4.4, 4.5]. */
static void services_put(void)
{
	static void *const boot[SERVICES] = {
		[2] = allocate_pages, [3] = free_pages, [4] = get_memory_map, [5] = allocate_pool,
		[6] = free_pool, [7] = create_event, [11] = close_event, [12] = check_event,
		[16] = handle_protocol, [19] = locate_handle,
		[20] = locate_device_path, [21] = install_table, [26] = exit_boot_services,
		[28] = stall, [31] = disconnect_controller, [37] = locate_protocol,
	};

	for (size_t i = 0; i < SERVICES; i++) {
		boot_table.services[i] = boot[i] ? boot[i] : (void *)unknown;
		runtime_table.services[i] = unknown;
	}
	runtime_table.services[6] = get_variable;
	runtime_table.services[8] = set_variable;
}

void fake_start(void)
{
	static void *load_file2[] = {load_file};

	for (size_t i = 0; i < BLOCKS; i++) {
		if (blocks[i].at)
			munmap(blocks[i].at, blocks[i].bytes + EFI_PAGE_SIZE);
		blocks[i].at = NULL;
	}
	fake = (struct fake){.memory_left = 1 << 24, .map_entries = 7,
		.map_attribute = ATTRIBUTE_WRITE_BACK};
	memset(fake_loaded_image, 0, sizeof(fake_loaded_image));
	put64(fake_loaded_image + 0x18, FAKE_VOLUME);
	misuse = fake_said = fake_warned = NULL;
	exit_tried = false;
	map_key = 40;
	services_put();
	memset(system_table, 0, sizeof(system_table));
	put64(system_table + 0x58, (uint64_t)&runtime_table);
	put64(system_table + 0x60, (uint64_t)&boot_table);
	put64(system_table + EFI_ST_TABLES, (uint64_t)configuration);
	fake_protocol_add(FAKE_LOADER, EFI_LOAD_FILE2_GUID, load_file2);
	efi_init(FAKE_IMAGE_HANDLE, (uint64_t)system_table, false);
}

void fake_end(void)
{
	if (misuse)
		fail_msg("%s", misuse);
	CHECK_EQ("files left open", fake.opens_out, 0);
	if (fake.gone)
		return;
	efi_memory_release();
	CHECK_EQ("pages left", fake.pages_out, 0);
}

struct efi_boot fake_boot(struct boot_params *bp, const char *cmdline)
{
	memset(bp, 0, sizeof(*bp));
	bp->hdr.initrd_addr_max = 0x7fffffff;
	bp->hdr.cmdline_size = 2047;
	return (struct efi_boot){.bp = bp, .cmdline = text_span(cmdline),
		.loaded_image = (uint64_t)fake_loaded_image,
		.info.xloadflags = XLF_CAN_BE_LOADED_ABOVE_4G};
}

/* --- what the stub's other files would do --- */

void say(const char *format, ...)
{
	fake_said = format;
}

void say_debug(const char *format, ...)
{
	fake_said = format;
}

void warn(const char *format, ...)
{
	fake_warned = format;
}

void complain(const char *format, ...)
{
	fake_warned = format;
}

uint32_t checksum(struct span bytes)
{
	return crc32c(0, bytes);
}

uint64_t efi_call32(uint64_t function, const uint64_t *args, size_t count)
{
	(void)function, (void)args, (void)count;
	misuse = "a call of 32-bit firmware";
	return EFI_UNSUPPORTED;
}
