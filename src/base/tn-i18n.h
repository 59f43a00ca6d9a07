/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translation macros of the one gettext domain: _() at run time, N_() to mark table entries. */
#pragma once

#include <glib/gi18n-lib.h>
