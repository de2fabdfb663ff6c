/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_OPTIONS_H
#define ZEGEL_FRONT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* What an operator may set. Without anything: loopback only, plain HTTP. */
enum { OPTIONS_ADDRESSES_MAX = 4, OPTIONS_HOST_MAX = 64 };

struct options {
	char listen_host[OPTIONS_HOST_MAX];
	uint16_t listen_port;
	const char *certificate, *key; /* NULL: plain HTTP */
	char media_host[OPTIONS_HOST_MAX];
	uint16_t media_port;
	const char *media_address[OPTIONS_ADDRESSES_MAX]; /* told to clients */
	unsigned media_address_count;
	const char *web_folder;   /* NULL: beside the program  */
	const char *media_worker; /* NULL: beside the program  */
	bool is_dumpable;         /* tests look into the memory */
	bool is_check;            /* only check the options     */
};

/* -1: go on; else the exit code (help was printed, or what is wrong). */
int options_read(struct options *o, int argc, char **argv);

/* Nobody but this machine can reach such an address. */
bool options_is_loopback(const char *host);

#endif
