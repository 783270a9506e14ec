/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands, one file each. argv[0] is "bzforge COMMAND". A command prints what goes wrong and
 * returns the exit status of the tool; wrong options end the process inside of argp, before a
 * command holds anything.
 */
#ifndef HOST_COMMANDS_H
#define HOST_COMMANDS_H

#include "host/report.h"

enum status cmd_build(int argc, char **argv);
enum status cmd_repack(int argc, char **argv);
enum status cmd_inspect(int argc, char **argv);
enum status cmd_extract(int argc, char **argv);
enum status cmd_verify(int argc, char **argv);
enum status cmd_boot(int argc, char **argv);
enum status cmd_kaslr(int argc, char **argv);
enum status cmd_uki(int argc, char **argv);
enum status cmd_disk(int argc, char **argv);
enum status cmd_bench(int argc, char **argv);

#endif /* HOST_COMMANDS_H */
