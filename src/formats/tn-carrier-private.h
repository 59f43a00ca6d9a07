/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the three kinds of pictures that carry a model share. */
#pragma once

#include "formats/tn-carrier.h"

G_BEGIN_DECLS

/* As zlib has it. */
GBytes *tn_carrier_deflate (GBytes *bytes);
/* The other way, up to TN_FORMAT_MAX_BYTES. @place names the picture in messages. */
GBytes *tn_carrier_inflate (const guint8 *data, gsize size, const char *place, GError **error);
GBytes *tn_carrier_none (const char *place, GError **error);
GBytes *tn_carrier_damaged (const char *place, GError **error);

/* ---- tn-carrier-pdf.c ---- */

GBytes *tn_carrier_load_pdf (GBytes *picture, GBytes *model);
GBytes *tn_carrier_unload_pdf (GBytes *picture, const char *place, GError **error);

G_END_DECLS
