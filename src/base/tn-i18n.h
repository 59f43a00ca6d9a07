/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translation macros of the one gettext domain: _() at run time, N_() to mark table entries. */
#pragma once

/* For PRIi64: within a translatable string xgettext knows it, while it would cut the string off at
 * G_GINT64_FORMAT. */
#include <inttypes.h>

#include <glib/gi18n-lib.h>
